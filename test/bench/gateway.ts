/**
 * A gateway's core as it runs in a facility — engine, SQLite store, fsync at every turn — whose functions answer at once. So what is
 * measured is the engine and the disk, and no work of anybody's own.
 */

import { join } from 'node:path'
import { fixedAuthority } from '@holdfast/shared/consistency'
import { parseDefinition } from '@holdfast/shared/definition'
import { ENGINE_SCHEMAS, type Engine, type EngineConfig, openEngine } from '@holdfast/shared/engine'
import type { Store } from '@holdfast/shared/ports'
import { openSqliteStore } from '@holdfast/shared/store/sqlite'
import { systemClock, systemRandom } from '@holdfast/shared/system/clock'
import { type Json, ok, type Result, workflowIdOf } from '@holdfast/shared/values'

export const STEPS = 5
const HOME = 'bench'

/** Five steps in a row, each a function. */
export const FIVE_STEPS = `
name: five-steps
version: 1
title: Five steps
steps:
  receive: {type: function, function: work}
  check: {type: function, function: work}
  pick: {type: function, function: work}
  pack: {type: function, function: work}
  ship: {type: function, function: work}
links:
  - {from: receive, to: check}
  - {from: check, to: pick}
  - {from: pick, to: pack}
  - {from: pack, to: ship}
`

export class Gateway {
  readonly engine: Engine
  readonly #store: Store
  readonly #definition: string
  readonly #awaited = new Map<string, () => void>()

  private constructor(engine: Engine, store: Store, definition: string) {
    this.engine = engine
    this.#store = store
    this.#definition = definition
    engine.onCommitted(({ summaries }) => {
      for (const { id, status } of summaries) if (status === 'completed') this.#awaited.get(id)?.()
    })
  }

  static async open(folder: string, text = FIVE_STEPS): Promise<Gateway> {
    const definition = orThrow(parseDefinition(text))
    const store = openSqliteStore({ path: join(folder, 'gateway.sqlite'), schemas: ENGINE_SCHEMAS, random: systemRandom })
    const config: EngineConfig = {
      node: 'bench-gateway',
      nodeNumber: 1,
      authority: fixedAuthority([HOME]),
      store,
      clock: systemClock,
      random: systemRandom,
      definitions: [definition],
      functions: new Map([['work', { safety: 'idempotent', perform: async () => ok({ done: true }) }]]),
      heartbeatMs: 10_000,
      rightsOf: () => ({ nodes: new Set(), authority: false, mayPropose: false, mayWriteText: false, maxBytes: 0 }),
    }
    const { engine } = orThrow(await openEngine(config))
    return new Gateway(engine, store, definition.hash)
  }

  /** Resolves when the workflow's beginning is durable. */
  async start(key: string, input: Json = {}): Promise<string> {
    const workflow = workflowIdOf(HOME, key)
    const command = { type: 'create', home: HOME, key, definition: this.#definition, title: key, priority: 'normal', input } as const
    orThrow(await this.engine.submit({ kind: 'will', workflow, home: HOME, command, by: 'bench', reason: 'benchmark' }))
    return workflow
  }

  /** Resolves when the checkpoint is durable. */
  async checkpoint(workflow: string, name: string): Promise<void> {
    const command = { type: 'checkpoint', name } as const
    orThrow(await this.engine.submit({ kind: 'will', workflow, home: HOME, command, by: 'bench', reason: 'benchmark' }))
  }

  /** Starts one workflow and resolves when its end is durable and told. */
  async run(key: string, input: Json = {}): Promise<void> {
    const workflow = workflowIdOf(HOME, key)
    const completed = new Promise<void>((resolve) => this.#awaited.set(workflow, resolve))
    await this.start(key, input)
    await completed
    this.#awaited.delete(workflow)
  }

  /** Runs them all, so many at a time. */
  async runAll(keys: readonly string[], atOnce: number): Promise<void> {
    const waiting = keys.values()
    const runSome = async (): Promise<void> => {
      for (const key of waiting) await this.run(key)
    }
    await Promise.all(Array.from({ length: atOnce }, runSome))
  }

  async close(): Promise<void> {
    await this.engine.close()
    await this.#store.close()
  }
}

const orThrow = <T>(result: Result<T, unknown>): T => {
  if (!result.ok) throw new Error(JSON.stringify(result.error))
  return result.value
}
