/**
 * Taking up what the store holds: at the beginning of a life, and after a commit that failed. Both are loading: fold, draw what is wanted,
 * carry it out (DESIGN §2.5); doing so twice changes nothing.
 */
import type { Clock } from '../ports/clock.ts'
import { StoreFailure } from '../ports/store.ts'
import type { Refusal } from '../values/refusal.ts'
import type { Wanted } from '../workflow/want.ts'
import type { Aftermath } from './aftermath.ts'
import type { Core } from './core.ts'
import { RETRY_MS } from './insistence.ts'
import type { Register } from './register.ts'
import type { Summary } from './summary.ts'
import type { Turn } from './turn.ts'
import type { Unit } from './unit.ts'
import { wantsOf } from './wants.ts'

export interface RecoveryParts {
  readonly core: Core
  readonly clock: Clock
  readonly register: Register
  readonly aftermath: Aftermath
}

export class Recovery {
  readonly #parts: RecoveryParts

  constructor(parts: RecoveryParts) {
    this.#parts = parts
  }

  /** Loads and takes up an open workflow of a home this node is the authority of. */
  async recover(workflow: string): Promise<Refusal | undefined> {
    const { core, aftermath, clock } = this.#parts
    const unit = await core.units.load(workflow)
    if (!unit.ok) return unit.error
    if (unit.value === undefined || !core.authority.isAuthority(unit.value.home)) return undefined
    this.#wantAgain(unit.value)
    aftermath.carryOut(unit.value, true, clock.now().wall)
    void aftermath.insist({ kind: 'judge', workflow })
    void aftermath.tick(workflow)
    return undefined
  }

  /** As `recover`, for one that was left parked: it is read when its moment comes, or somebody speaks of it. */
  park(workflow: string, wakeAt: number | undefined): void {
    this.#parts.aftermath.park(workflow, wakeAt)
    this.#parts.aftermath.setAlarm()
  }

  /** It is somebody else's now: nothing of it is wanted here any more. */
  letGo(workflow: string, home: string): void {
    this.#parts.aftermath.letGo(workflow, home)
    this.#parts.core.units.rest(workflow)
  }

  /** After a failed commit memory holds what disk does not: everything touched is read again. Gives the rows of what was found. */
  async forget(turn: Turn): Promise<readonly Summary[]> {
    const { units } = this.#parts.core
    for (const unit of [...turn.touched, ...turn.retiring.erased]) units.evict(unit.id)
    for (const unit of turn.papers) units.papers?.evict(unit.id)
    for (const { home } of turn.rosters) {
      units.evictRoster(home)
      await units.roster(home)
    }
    const found: Summary[] = []
    for (const { id } of turn.touched) {
      const summary = await this.#reload(id)
      if (summary !== undefined) found.push(summary)
    }
    // A store that does not answer now is asked again before the next turn.
    await this.#parts.register.recount(turn.books.counts.keys()).catch(ignoreFailure)
    return found
  }

  /** The store has the last word on whether a commit took effect; what it holds is carried out as after any commit. */
  async #reload(id: string): Promise<Summary | undefined> {
    const { core, aftermath, register, clock } = this.#parts
    const again = await core.units.load(id)
    if (!again.ok && again.error.next === 'retry-later') aftermath.insistence.later(() => void this.#reload(id))
    else if (!again.ok || again.value === undefined) aftermath.wantNothing(id)
    if (!again.ok || again.value === undefined) return undefined
    this.#wantAgain(again.value)
    // No turn has gone by these wants yet, so whatever is due already rings, after a pause.
    aftermath.carryOut(again.value, false, Number.NEGATIVE_INFINITY, clock.now().wall + RETRY_MS)
    aftermath.setAlarm()
    return register.now(id).catch(ignoreFailure)
  }

  #wantAgain(unit: Unit): void {
    const wanted: Wanted | undefined = wantsOf(this.#parts.core, unit)
    if (wanted !== undefined) this.#parts.core.want(unit, wanted)
  }
}

const ignoreFailure = (thrown: unknown): undefined => {
  if (!(thrown instanceof StoreFailure)) throw thrown
  return undefined
}
