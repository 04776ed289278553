/** What begins and ends with a home's authority: its open workflows are taken up as after a restart, or let go of. */
import type { Store } from '../../ports/store.ts'
import type { PeerCursor } from '../cursors.ts'
import type { Engine } from '../engine.ts'
import { rowsOf } from '../rows.ts'
import { OPEN, parseOpenRow } from '../standing.ts'
import { takeUpHome } from '../take-up-home.ts'
import type { Tenure } from './lease-keeper.ts'

export interface TenureParts {
  readonly engine: Engine
  readonly store: Store
  readonly home: string
  readonly hub: string
  /** Told when it has begun, or is over. */
  readonly onTurned: (holds: boolean) => void
}

export class EngineTenure implements Tenure {
  readonly #parts: TenureParts
  #last: Promise<void> = Promise.resolve()

  constructor(parts: TenureParts) {
    this.#parts = parts
  }

  held(): PeerCursor | undefined {
    const { engine, hub, home } = this.#parts
    return engine.cursorOf(`${hub}/${home}`)
  }

  takeUp(): void {
    const { engine, home, onTurned } = this.#parts
    this.#then(async () => {
      // Meanwhile it may have been let go of again.
      if (!engine.authority.isAuthority(home)) return
      await this.#eachOpen(async (workflow) => void (await engine.recovery.recover(workflow)))
      await takeUpHome(engine, home)
      onTurned(true)
    })
  }

  pause(): void {
    this.#parts.onTurned(false)
  }

  letGo(): void {
    const { engine, home, onTurned } = this.#parts
    onTurned(false)
    this.#then(() => this.#eachOpen(async (workflow) => engine.recovery.letGo(workflow, home)))
  }

  async #eachOpen(act: (workflow: string) => Promise<void>): Promise<void> {
    const { store, home } = this.#parts
    for await (const { key, value } of rowsOf(store, OPEN)) if (parseOpenRow(value)?.home === home) await act(key)
  }

  /** One after the other; the failure of one leaves the next to mend it. */
  #then(act: () => Promise<void>): void {
    this.#last = this.#last.then(act).catch(() => undefined)
  }
}
