/**
 * A node behind a gateway, living in the test: the engine and the uplink that every node has, no authority over anything, a store that
 * outlives it. What is willed here is proposed.
 */
import { join } from 'node:path'
import { NO_AUTHORITY } from '@holdfast/shared/consistency'
import { MAX_UPDATE_BYTES } from '@holdfast/shared/document'
import { type Engine, openEngine, REJECTED, UplinkLoop, WORKFLOWS } from '@holdfast/shared/engine'
import { DEFAULT_TIMING, type Interest, MAX_FRAME_BYTES } from '@holdfast/shared/link'
import { dialWebSocket, gatherDefinitions, openNodeStore, systemClock, systemRandom } from '@holdfast/shared/system'
import { workflowIdOf } from '@holdfast/shared/values'
import { member } from './api.ts'

export interface TabletPlan {
  readonly folder: string
  readonly definitionsFolder: string
  readonly node: string
  readonly nodeNumber: number
  readonly token: string
  readonly facility: string
  /** Of its gateway's link. */
  readonly url: string
  /** What of the facility it wants to hold, when not all. */
  readonly wish?: () => Omit<Interest, 'home' | 'held'>
}

export interface Tablet {
  readonly engine: Engine
  readonly uplink: UplinkLoop
  /** Proposes a workflow; gives its id. */
  start(definition: string, key: string, input?: object): Promise<string>
  /** Where it stands as far as the tablet knows; undefined when it has never heard of it. */
  status(workflow: string): Promise<string | undefined>
  /** Workflows that it holds. */
  held(): Promise<readonly string[]>
  /** Codes of the refusals of what was written here. */
  rejected(): Promise<readonly string[]>
  close(): Promise<void>
}

export const openTablet = async (plan: TabletPlan): Promise<Tablet> => {
  const { folder, node, nodeNumber, facility, token, url, wish } = plan
  const { definitions } = await gatherDefinitions({ definitionsFolder: plan.definitionsFolder, shipped: [] })
  const store = openNodeStore(join(folder, `${node}.db`), () => {})
  const opened = await openEngine({
    node,
    nodeNumber,
    authority: NO_AUTHORITY,
    hasHub: true,
    store,
    clock: systemClock,
    random: systemRandom,
    definitions,
    functions: new Map(),
    heartbeatMs: 5_000,
    rightsOf: () => ({
      nodes: 'any',
      authority: true,
      mayPropose: true,
      mayWriteText: true,
      maxBytes: MAX_UPDATE_BYTES,
      acknowledged: new Map(),
    }),
  })
  if (!opened.ok) throw new Error(opened.error.message)
  const { engine, life } = opened.value
  const held = async (): Promise<readonly string[]> => (await store.list(WORKFLOWS, { limit: 1_000 })).map(({ key }) => key)
  const uplink = new UplinkLoop({
    engine,
    store,
    clock: systemClock,
    random: systemRandom,
    ...(wish === undefined ? {} : { interests: async () => [{ home: facility, ...wish(), held: await held() }] }),
    hub: `${facility}-gateway`,
    dial: dialWebSocket({ url, token, maxFrameBytes: MAX_FRAME_BYTES, handshakeTimeoutMs: 2_000 }),
    settings: {
      node,
      life: String(life),
      homes: [facility],
      timing: { ...DEFAULT_TIMING, pingMs: 300, silenceMs: 1_500, maxRetryMs: 500 },
    },
  })
  uplink.start()
  return {
    engine,
    uplink,
    start: async (definition, key, input = {}) => {
      const known = engine.catalogue.byName(definition)
      if (known === undefined) throw new RangeError(`no definition ${definition}`)
      const workflow = workflowIdOf(facility, key)
      const command = {
        type: 'create',
        home: facility,
        key,
        definition: known.hash,
        title: key,
        priority: 'normal',
        input: { ...input },
      } as const
      const started = await engine.submit({ kind: 'will', workflow, home: facility, command, by: 'ann', reason: 'start' })
      if (!started.ok) throw new Error(started.error.message)
      return workflow
    },
    status: async (workflow) => (await engine.summary(workflow))?.status,
    held,
    rejected: async () => (await store.list(REJECTED, { limit: 100 })).map(({ value }) => String(member(member(value, 'refusal'), 'code'))),
    close: async () => {
      uplink.stop()
      await engine.close()
      await store.close()
    },
  }
}
