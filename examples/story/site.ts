/**
 * The whole system of the story on this machine: a coordinator, two gateways, their agents, each a process of its own, in a folder
 * that is new each time; and a TCP proxy in the one line that will be cut. Identities are made here: a token for everybody, of which
 * configurations hold only the hash.
 */
import { randomBytes } from 'node:crypto'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { tokenHash } from '@holdfast/shared/system'
import { openTcpProxy, type TcpProxy } from '@holdfast/shared/testing/tcp-proxy'
import { CLOUD_NODE_NUMBER, FACILITIES, type StoryAgent, type StoryFacility } from './facilities.ts'
import { StoryProcess } from './process.ts'
import type { AgentSettings } from './settings.ts'

const ROOT = new URL('../..', import.meta.url).pathname
const pathOf = (relative: string): string => join(ROOT, relative)

const LINK_TIMING = { pingMs: 500, silenceMs: 2_500 }

export interface Site {
  readonly folder: string
  readonly cloudUrl: string
  /** For operators: everything, everywhere. */
  readonly token: string
  readonly proxy: TcpProxy
  gatewayUrl(facility: string): string
  /** Work can be taken before that; it waits. Throws when an agent could not be started. */
  agentsReady(): Promise<void>
  effectLogs(): readonly string[]
  /** SIGKILL, and a new process on the same folder and port. */
  killGateway(facility: string): Promise<void>
  restartGateway(facility: string): Promise<void>
  stop(): Promise<void>
}

interface Gateway {
  readonly config: string
  readonly url: string
  process: StoryProcess
}

const newToken = (): string => randomBytes(24).toString('base64url')

const writePrivate = (path: string, text: string): string => {
  writeFileSync(path, text, { mode: 0o600 })
  return path
}

export const openSite = async (folder: string, seed: string, port: number): Promise<Site> => {
  for (const name of ['logs', 'journals', 'effects']) mkdirSync(join(folder, name), { recursive: true })
  const token = newToken()
  const gatewayTokens = new Map(FACILITIES.map(({ id }) => [id, newToken()]))
  const cloud = await startCloud(folder, token, gatewayTokens, port)
  const proxy = await openTcpProxy({ host: '127.0.0.1', port: Number(new URL(cloud.said).port) })
  const gateways = new Map<string, Gateway>()
  const openFacility = async (facility: StoryFacility): Promise<() => Promise<readonly StoryProcess[]>> => {
    const agentTokens = new Map(facility.agents.map(({ id }) => [id, newToken()]))
    // Only the harbour's line goes through the proxy: it is the one that will be cut.
    const hubUrl = facility.id === 'harbour' ? `ws://127.0.0.1:${proxy.port}/link` : `${cloud.said.replace('http', 'ws')}/link`
    const hubToken = gatewayTokens.get(facility.id) ?? ''
    const config = writeGatewayConfig({ folder, facility, token, agentTokens, hubUrl, hubToken })
    const started = await startGateway(folder, facility.id, config)
    gateways.set(facility.id, { config, url: started.said, process: started.process })
    return () => Promise.all(facility.agents.map((agent) => startAgent(folder, seed, started.said, agent, agentTokens.get(agent.id) ?? '')))
  }
  const crews = await Promise.all(FACILITIES.map(openFacility))
  const agents = startInTurn(crews)
  // Whoever waits for the agents hears of a failure; before that it must not end the process.
  agents.catch(() => {})
  const gatewayOf = (facility: string): Gateway => {
    const gateway = gateways.get(facility)
    if (gateway === undefined) throw new RangeError(`no gateway at ${facility}`)
    return gateway
  }
  return {
    folder,
    cloudUrl: cloud.said,
    token,
    proxy,
    gatewayUrl: (facility) => gatewayOf(facility).url,
    agentsReady: async () => void (await agents),
    effectLogs: () => FACILITIES.flatMap((facility) => facility.agents.map(({ id }) => join(folder, 'effects', `${id}.jsonl`))),
    killGateway: (facility) => gatewayOf(facility).process.kill(),
    restartGateway: async (facility) => {
      const gateway = gatewayOf(facility)
      // Agents look for the gateway where they knew it.
      const config = { ...JSON.parse(readFileSync(gateway.config, 'utf8')), port: Number(new URL(gateway.url).port) }
      writePrivate(gateway.config, JSON.stringify(config, undefined, 2))
      const { process } = await startGateway(folder, facility, gateway.config)
      gateway.process = process
    },
    stop: async () => {
      await Promise.all((await agents.catch(() => [])).map((agent) => agent.stop()))
      await Promise.all([...gateways.values()].map((gateway) => gateway.process.stop()))
      await cloud.process.stop()
      await proxy.close()
    },
  }
}

/** One facility's agents after the other's: with half as many processes starting at once, the first order is done sooner. */
const startInTurn = async (crews: readonly (() => Promise<readonly StoryProcess[]>)[]): Promise<readonly StoryProcess[]> => {
  const started: StoryProcess[] = []
  for (const start of crews) started.push(...(await start()))
  return started
}

type Started = Awaited<ReturnType<typeof StoryProcess.start>>

const startCloud = (folder: string, token: string, gatewayTokens: ReadonlyMap<string, string>, port: number): Promise<Started> => {
  const config = {
    node: 'cloud',
    nodeNumber: CLOUD_NODE_NUMBER,
    storePath: join(folder, 'cloud.db'),
    definitionsFolder: pathOf('shared/definitions/facility'),
    dashboardFolder: pathOf('cloud/dashboard/dist'),
    port,
    facilities: FACILITIES.map(({ id, title, nodeNumber }) => {
      return { id, title, node: `${id}-gateway`, nodeNumber, tokenHash: tokenHash(gatewayTokens.get(id) ?? '') }
    }),
    principals: [{ name: 'operator', role: 'admin', facilities: '*', tokenHash: tokenHash(token) }],
    link: LINK_TIMING,
  }
  const path = writePrivate(join(folder, 'cloud.json'), JSON.stringify(config, undefined, 2))
  const command = [pathOf('cloud/src/main.ts'), '--config', path]
  return StoryProcess.start({ name: 'the coordinator', command, logPath: join(folder, 'logs', 'cloud.log') })
}

interface GatewayParts {
  readonly folder: string
  readonly facility: StoryFacility
  readonly token: string
  readonly agentTokens: ReadonlyMap<string, string>
  readonly hubUrl: string
  readonly hubToken: string
}

const writeGatewayConfig = ({
  folder,
  facility: { id, title, nodeNumber },
  token,
  agentTokens,
  hubUrl,
  hubToken,
}: GatewayParts): string => {
  const config = {
    node: `${id}-gateway`,
    nodeNumber,
    facility: id,
    title,
    storePath: join(folder, `${id}.db`),
    definitionsFolder: pathOf('shared/definitions/facility'),
    port: 0,
    hub: { node: 'cloud', url: hubUrl, tokenFile: writePrivate(join(folder, `${id}.token`), hubToken), maxRetryMs: 1_000, ...LINK_TIMING },
    principals: [{ name: 'shift-lead', role: 'admin', tokenHash: tokenHash(token) }],
    agents: [...agentTokens].map(([agent, agentToken]) => ({ agent, tokenHash: tokenHash(agentToken) })),
    heartbeatMs: 1_000,
  }
  return writePrivate(join(folder, `${id}.json`), JSON.stringify(config, undefined, 2))
}

const startGateway = (folder: string, facility: string, config: string): Promise<Started> => {
  const command = [pathOf('edge/src/main.ts'), '--config', config]
  return StoryProcess.start({ name: `${facility}'s gateway`, command, logPath: join(folder, 'logs', `${facility}.log`) })
}

const startAgent = async (folder: string, seed: string, gatewayUrl: string, agent: StoryAgent, token: string): Promise<StoryProcess> => {
  const settings: AgentSettings = {
    agent: agent.id,
    kind: agent.kind,
    capabilities: [...agent.capabilities],
    capacity: agent.capacity,
    gatewayUrl: `${gatewayUrl.replace('http', 'ws')}/agents`,
    token,
    seed,
    journal: join(folder, 'journals', `${agent.id}.jsonl`),
    effectLog: join(folder, 'effects', `${agent.id}.jsonl`),
  }
  const command = [pathOf('examples/story/agent-main.ts'), JSON.stringify(settings)]
  const { process } = await StoryProcess.start({ name: agent.id, command, logPath: join(folder, 'logs', `${agent.id}.log`) })
  return process
}
