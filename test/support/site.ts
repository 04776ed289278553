/**
 * A whole system for a test: a coordinator, gateways, a proxy in the line of each, every node a real process, all in a folder that is
 * new each time.
 *
 *   api ──▶ coordinator ◀──── proxy ──── gateway ◀── agents (in the test)
 *                                           ▲
 *                                 api ──────╯
 */
import { cpSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { StoryProcess } from '@holdfast/examples/story'
import type { WorkflowDetail } from '@holdfast/shared/http'
import { tokenHash } from '@holdfast/shared/system'
import { openTcpProxy, type TcpProxy } from '@holdfast/shared/testing/tcp-proxy'
import { type Api, openApi } from './api.ts'
import { newFolder, newToken, ROOT, writePrivate } from './folder.ts'
import { type EnrolledTablet, Gateway, type GatewayPlan } from './gateway.ts'
import { until } from './until.ts'

/** A copy of the tests' own definitions, and whatever files are laid beside them. */
export const layDefinitions = (folder: string, more: Readonly<Record<string, string>> = {}): string => {
  const definitions = join(folder, 'definitions')
  cpSync(join(ROOT, 'test/support/definitions'), definitions, { recursive: true })
  for (const [file, text] of Object.entries(more)) writeFileSync(join(definitions, file), text)
  return definitions
}

export interface Lone {
  readonly gateway: Gateway
  readonly folder: string
  stop(): Promise<void>
}

type LoneOptions = Pick<GatewayPlan, 'allowHosts' | 'shipped' | 'limits' | 'retention' | 'rulesFolder' | 'heartbeatMs'>

/** One gateway by itself; `hubUrl` may name a hub that is not there. */
export const openLoneGateway = async (
  hubUrl?: string,
  definitions: Readonly<Record<string, string>> = {},
  { allowHosts = [], shipped = [], limits = {}, retention, rulesFolder, heartbeatMs = 200 }: LoneOptions = {},
): Promise<Lone> => {
  const folder = newFolder()
  const definitionsFolder = layDefinitions(folder, definitions)
  const keeping = { ...(retention === undefined ? {} : { retention }), ...(rulesFolder === undefined ? {} : { rulesFolder }) }
  const plan = { folder, facility: 'harbour', nodeNumber: 2, definitionsFolder, allowHosts, shipped, limits, heartbeatMs, ...keeping }
  const gateway = await Gateway.start(hubUrl === undefined ? plan : { ...plan, hub: { url: hubUrl, token: newToken() } })
  return {
    gateway,
    folder,
    stop: async () => {
      await gateway.close()
      rmSync(folder, { recursive: true })
    },
  }
}

export interface Member {
  readonly gateway: Gateway
  readonly proxy: TcpProxy
}

export interface Site {
  readonly folder: string
  readonly definitionsFolder: string
  readonly cloud: Api
  readonly gatewayTokens: ReadonlyMap<string, string>
  member(facility: string): Member
  /** SIGKILL, and a new process on the same folder and port. */
  killCloud(): Promise<void>
  restartCloud(): Promise<void>
  stop(): Promise<void>
}

const LINK_TIMING = { pingMs: 300, silenceMs: 1_500 }
const FIRST_NODE_NUMBER = 2

export interface LinePlan {
  readonly compareEveryMs?: number
  /** Nodes behind each gateway. */
  readonly tablets?: readonly EnrolledTablet[]
}

export const openSite = async (
  facilities: readonly string[] = ['harbour'],
  definitions: Readonly<Record<string, string>> = {},
  { tablets = [], ...line }: LinePlan = {},
): Promise<Site> => {
  const folder = newFolder()
  const definitionsFolder = layDefinitions(folder, definitions)
  const token = newToken()
  const gatewayTokens = new Map(facilities.map((facility) => [facility, newToken()]))
  const enrolled = [...gatewayTokens].map(([id, gatewayToken], index) => ({
    id,
    title: `Facility ${id}`,
    node: `${id}-gateway`,
    nodeNumber: FIRST_NODE_NUMBER + index,
    tokenHash: tokenHash(gatewayToken),
    behind: tablets.map(({ nodeNumber }) => nodeNumber),
  }))
  const plan = { folder, definitionsFolder, token, facilities: enrolled }
  let started = await startCoordinator(plan, 0)
  const cloud = openApi(started.said, token)
  const cloudPort = Number(new URL(started.said).port)
  const members = new Map<string, Member>()
  for (const [index, facility] of facilities.entries()) {
    const proxy = await openTcpProxy({ host: '127.0.0.1', port: cloudPort })
    const hub = { url: `ws://127.0.0.1:${proxy.port}/link`, token: gatewayTokens.get(facility) ?? '', ...line }
    const gateway = await Gateway.start({ folder, facility, nodeNumber: FIRST_NODE_NUMBER + index, definitionsFolder, hub, tablets })
    members.set(facility, { gateway, proxy })
  }
  await until('every gateway to be heard', async () => (await cloud.facilities()).every(({ connected }) => connected))
  return {
    folder,
    definitionsFolder,
    cloud,
    gatewayTokens,
    member: (facility) => {
      const found = members.get(facility)
      if (found === undefined) throw new RangeError(`no facility ${facility}`)
      return found
    },
    killCloud: () => started.process.kill(),
    restartCloud: async () => {
      started = await startCoordinator(plan, cloudPort)
    },
    stop: async () => {
      await Promise.all([...members.values()].map(({ gateway }) => gateway.close()))
      await started.process.stop()
      await Promise.all([...members.values()].map(({ proxy }) => proxy.close()))
      rmSync(folder, { recursive: true })
    },
  }
}

export interface CoordinatorPlan {
  readonly folder: string
  readonly definitionsFolder: string
  readonly token: string
  /** As in its configuration file. */
  readonly facilities: readonly object[]
}

export const startCoordinator = ({ folder, definitionsFolder, token, facilities }: CoordinatorPlan, port: number) => {
  const config = writePrivate(join(folder, 'cloud.json'), {
    node: 'cloud',
    nodeNumber: 1,
    storePath: join(folder, 'cloud.db'),
    definitionsFolder,
    dashboardFolder: join(ROOT, 'cloud/dashboard/dist'),
    port,
    facilities,
    principals: [{ name: 'operator', role: 'admin', facilities: '*', tokenHash: tokenHash(token) }],
    link: LINK_TIMING,
  })
  const command = [join(ROOT, 'cloud/src/main.ts'), '--config', config]
  return StoryProcess.start({ name: 'the coordinator', command, logPath: join(folder, 'cloud.log') })
}

const OPEN = /^(pending|active|paused)/

/** The workflow once it has ended; one that this node has not heard of yet is waited for. */
export const ended = (api: Api, id: string): Promise<WorkflowDetail> =>
  until(`workflow ${id} to end`, async () => {
    const { status } = await api.ask('GET', `/workflows/${id}`)
    if (status === 404) return undefined
    const detail = await api.get(id)
    return OPEN.test(detail.status) ? undefined : detail
  })

/** Cloud and gateway hold the same logs of all the facility's workflows. Returns how many there are. */
export const sameLogs = (site: Site, facility: string): Promise<number> =>
  until(`cloud and ${facility} to hold the same logs`, async () => {
    const here = await logsOf(site.member(facility).gateway.api, facility)
    const there = await logsOf(site.cloud, facility)
    return here.length > 0 && JSON.stringify(here) === JSON.stringify(there) ? here.length : undefined
  })

const logsOf = async (api: Api, facility: string): Promise<readonly string[]> => {
  const ids = (await api.list(`&facility=${facility}`)).map(({ id }) => id).sort()
  const logs: string[] = []
  for (const id of ids) {
    const { log, proposals } = await api.get(id)
    logs.push(`${id} ${log.length} ${log.head} ${proposals.length}`)
  }
  return logs
}
