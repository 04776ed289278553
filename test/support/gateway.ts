/**
 * A gateway as a process of its own, on a folder that outlives it; and the agents of its facility, which live in the test.
 *
 *   started ──kill / stop──▶ down ──restart──▶ started, on the same folder and port
 */
import { mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { type Agent, type AgentOptions, type Handler, robot } from '@holdfast/agent-sdk'
import { StoryProcess } from '@holdfast/examples/story'
import type { MayFollow } from '@holdfast/shared/link'
import { tokenHash } from '@holdfast/shared/system'
import { type Api, openApi } from './api.ts'
import { newToken, ROOT, writePrivate } from './folder.ts'

export interface RetentionPlan {
  readonly archiveAfterMs: number
  readonly eraseAfterMs?: number
  readonly sweepMs: number
}

export interface GatewayPlan {
  readonly folder: string
  /** Where its store lies, if that is a disk of its own. */
  readonly storeFolder?: string
  readonly facility: string
  /** Without it, the facility's name; a second gateway of a facility needs another. */
  readonly name?: string
  readonly standby?: boolean
  /** Known to it; without them it has tokens of its own. */
  readonly agentTokens?: ReadonlyMap<string, string>
  readonly nodeNumber: number
  readonly definitionsFolder: string
  /** Domain rules, read again whenever the folder changes. */
  readonly rulesFolder?: string
  /** Names of definitions that come with Holdfast. */
  readonly shipped?: readonly string[]
  readonly hub?: HubPlan
  /** Nodes behind it, and their tokens. */
  readonly tablets?: readonly EnrolledTablet[]
  /** Hosts that its workflows may call although they are not public. */
  readonly allowHosts?: readonly string[]
  /** As in its configuration file. */
  readonly limits?: object
  readonly retention?: RetentionPlan
  /** How often its agents are to be heard of. */
  readonly heartbeatMs?: number
}

export interface EnrolledTablet {
  readonly node: string
  readonly nodeNumber: number
  readonly token: string
  readonly mayFollow?: MayFollow
}

export interface HubPlan {
  readonly url: string
  readonly token: string
  readonly compareEveryMs?: number
}

export type HireOptions = Partial<Pick<AgentOptions, 'capacity' | 'journal' | 'position' | 'gatewayUrl'>>
export type Skills = { readonly [capability: string]: Handler }

/** Names of agents that every gateway knows the tokens of. */
export const AGENTS = ['robot-1', 'robot-2', 'robot-3', 'robot-4'] as const
export type AgentName = (typeof AGENTS)[number]

const PATIENCE_WITH_AGENTS_MS = 1_000
const TABLET_TIMING = { pingMs: 300, silenceMs: 1_500 }
const LINK_TIMING = { pingMs: 300, silenceMs: 1_500, maxRetryMs: 500 }

export class Gateway {
  readonly facility: string
  readonly url: string
  readonly api: Api
  /** Of somebody who may only look. */
  readonly viewerToken: string
  readonly logPath: string
  readonly agentTokens: ReadonlyMap<string, string>
  readonly #folder: string
  readonly #configPath: string
  readonly #agents: Agent[] = []
  #process: StoryProcess

  private constructor(plan: GatewayPlan, paths: Paths, tokens: Tokens, started: Started) {
    this.#folder = plan.folder
    this.facility = plan.facility
    this.#configPath = paths.config
    this.logPath = paths.log
    this.agentTokens = tokens.agents
    this.viewerToken = tokens.viewer
    this.url = started.said
    this.api = openApi(started.said, tokens.admin)
    this.#process = started.process
  }

  static async start(plan: GatewayPlan): Promise<Gateway> {
    const tokens = { admin: newToken(), viewer: newToken(), agents: plan.agentTokens ?? newAgentTokens() }
    const { name = plan.facility } = plan
    const paths = { config: join(plan.folder, `${name}.json`), log: join(plan.folder, `${name}.log`) }
    writePrivate(paths.config, configOf(plan, tokens))
    return new Gateway(plan, paths, tokens, await startProcess(name, paths.config, paths.log))
  }

  kill(): Promise<void> {
    return this.#process.kill()
  }

  stop(): Promise<void> {
    return this.#process.stop()
  }

  /** Agents look for it where they knew it, so it comes back on the same port. */
  async restart(): Promise<void> {
    const port = Number(new URL(this.url).port)
    writePrivate(this.#configPath, { ...JSON.parse(readFileSync(this.#configPath, 'utf8')), port })
    this.#process = (await startProcess(this.facility, this.#configPath, this.logPath)).process
  }

  log(): string {
    return readFileSync(this.logPath, 'utf8')
  }

  /** An agent with these skills; its journal is a file, so that an agent hired again under its name remembers. */
  async hire(id: AgentName, skills: Skills, options: HireOptions = {}): Promise<Agent> {
    const journals = join(this.#folder, 'journals')
    mkdirSync(journals, { recursive: true })
    const agent = await robot({
      gatewayUrl: `${this.url.replace('http', 'ws')}/agents`,
      token: this.agentTokens.get(id) ?? '',
      id,
      journal: join(journals, `${this.facility}-${id}.jsonl`),
      timing: { firstRetryMs: 50, longestRetryMs: 300, resendMs: 1_000 },
      skills,
      ...options,
    })
    this.#agents.push(agent)
    return agent
  }

  async close(): Promise<void> {
    const agentsLeft = Promise.all(this.#agents.map((agent) => agent.close({ abort: true })))
    // A handler that waits for what never comes, and heeds no abort, must not keep the gateway's process alive.
    await Promise.race([agentsLeft, sleep(PATIENCE_WITH_AGENTS_MS)])
    await this.stop()
  }
}

const newAgentTokens = (): ReadonlyMap<string, string> => new Map(AGENTS.map((agent) => [agent, newToken()]))

type Started = Awaited<ReturnType<typeof StoryProcess.start>>

interface Paths {
  readonly config: string
  readonly log: string
}

interface Tokens {
  readonly admin: string
  readonly viewer: string
  readonly agents: ReadonlyMap<string, string>
}

const startProcess = (facility: string, config: string, logPath: string): Promise<Started> =>
  StoryProcess.start({ name: `${facility}'s gateway`, command: [join(ROOT, 'edge/src/main.ts'), '--config', config], logPath })

const configOf = (
  {
    folder,
    storeFolder = folder,
    facility,
    name = facility,
    standby = false,
    nodeNumber,
    definitionsFolder,
    shipped = [],
    hub,
    tablets = [],
    allowHosts = [],
    limits = {},
    rulesFolder,
    retention,
    heartbeatMs = 200,
  }: GatewayPlan,
  tokens: Tokens,
): object => ({
  node: `${name}-gateway`,
  standby,
  nodeNumber,
  facility,
  title: `Facility ${facility}`,
  storePath: join(storeFolder, `${name}.db`),
  definitionsFolder,
  shipped,
  port: 0,
  principals: [
    { name: 'shift-lead', role: 'admin', tokenHash: tokenHash(tokens.admin) },
    { name: 'visitor', role: 'viewer', tokenHash: tokenHash(tokens.viewer) },
  ],
  agents: [...tokens.agents].map(([agent, token]) => ({ agent, tokenHash: tokenHash(token) })),
  tablets: tablets.map(({ token, ...tablet }) => ({ ...tablet, tokenHash: tokenHash(token) })),
  tabletTiming: TABLET_TIMING,
  heartbeatMs,
  http: { allowHosts },
  limits,
  ...(rulesFolder === undefined ? {} : { rulesFolder }),
  ...(retention === undefined ? {} : { retention }),
  ...(hub === undefined ? {} : { hub: hubOf(folder, name, hub) }),
})

const hubOf = (folder: string, name: string, { compareEveryMs, ...hub }: HubPlan): object => ({
  node: 'cloud',
  url: hub.url,
  tokenFile: writePrivate(join(folder, `${name}.token`), hub.token),
  ...LINK_TIMING,
  ...(compareEveryMs === undefined ? {} : { compareEveryMs }),
})
