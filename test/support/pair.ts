/**
 * A facility with two gateways, under one coordinator; every node a real process, and a proxy in the line of each gateway.
 *
 *   first ◀──proxy──▶ coordinator ◀──proxy──▶ spare
 *     ╰────────────── agents, which know both ──────────────╯
 */
import { rmSync } from 'node:fs'
import type { Agent } from '@holdfast/agent-sdk'
import type { AuthorityView } from '@holdfast/shared/http'
import { authorityView } from '@holdfast/shared/http'
import { tokenHash } from '@holdfast/shared/system'
import { openTcpProxy } from '@holdfast/shared/testing/tcp-proxy'
import { type Api, openApi } from './api.ts'
import { newFolder, newToken } from './folder.ts'
import { type AgentName, Gateway, type HireOptions, type Skills } from './gateway.ts'
import { layDefinitions, type Member, startCoordinator } from './site.ts'
import { until } from './until.ts'

export interface Pair {
  readonly cloud: Api
  readonly first: Member
  readonly spare: Member
  /** An agent that knows both gateways. */
  hire(id: AgentName, skills: Skills, options?: HireOptions): Promise<Agent>
  stop(): Promise<void>
}

export const TIMED = { kind: 'timed', durationMs: 2_000, marginMs: 200 }

export const authorityAt = async (api: Api): Promise<AuthorityView> =>
  authorityView.parse((await api.ask('GET', '/facilities/harbour/authority')).body)

export const openPair = async (holdover: object = { kind: 'until-released' }): Promise<Pair> => {
  const folder = newFolder()
  const definitionsFolder = layDefinitions(folder)
  const token = newToken()
  const tokens = [newToken(), newToken()] as const
  const member = (name: string, nodeNumber: number, secret: string) => ({
    node: `${name}-gateway`,
    nodeNumber,
    tokenHash: tokenHash(secret),
  })
  const facility = {
    id: 'harbour',
    title: 'Harbour',
    ...member('first', 2, tokens[0]),
    standbys: [member('spare', 3, tokens[1])],
    holdover,
  }
  const coordinator = await startCoordinator({ folder, definitionsFolder, token, facilities: [facility] }, 0)
  const cloud = openApi(coordinator.said, token)
  const port = Number(new URL(coordinator.said).port)
  const open = async (name: string, nodeNumber: number, secret: string, agentTokens?: ReadonlyMap<string, string>): Promise<Member> => {
    const proxy = await openTcpProxy({ host: '127.0.0.1', port })
    const hub = { url: `ws://127.0.0.1:${proxy.port}/link`, token: secret }
    const known = agentTokens === undefined ? {} : { agentTokens, standby: true }
    return { proxy, gateway: await Gateway.start({ folder, facility: 'harbour', name, nodeNumber, definitionsFolder, hub, ...known }) }
  }
  const first = await open('first', 2, tokens[0])
  const spare = await open('spare', 3, tokens[1], first.gateway.agentTokens)
  await until('both gateways to be heard, and the first to hold the facility', async () => {
    const { gateways, since } = await authorityAt(cloud)
    return since !== undefined && gateways?.every(({ connected }) => connected)
  })
  const urls = [first, spare].map(({ gateway }) => `${gateway.url.replace('http', 'ws')}/agents`)
  return {
    cloud,
    first,
    spare,
    hire: (id, skills, options = {}) => first.gateway.hire(id, skills, { gatewayUrl: urls, ...options }),
    stop: async () => {
      await Promise.all([first.gateway.close(), spare.gateway.close()])
      await coordinator.process.stop()
      await Promise.all([first.proxy.close(), spare.proxy.close()])
      rmSync(folder, { recursive: true })
    },
  }
}
