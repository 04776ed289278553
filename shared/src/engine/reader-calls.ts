/** What nodes ask each other so that reads can be answered at a level (reader.ts). */

import type { Clock } from '../ports/clock.ts'
import type { Store } from '../ports/store.ts'
import { isJsonObject } from '../values/json.ts'
import { refusal } from '../values/refusal.ts'
import { err, ok } from '../values/result.ts'
import type { CallHandler } from './call-desk.ts'
import type { Engine } from './engine.ts'
import { lastEntry } from './feed-end.ts'
import { feedGeneration } from './feed-generation.ts'
import { probedJson } from './reader.ts'

interface Asked {
  readonly engine: Pick<Engine, 'authority' | 'author'>
  readonly store: Pick<Store, 'feed' | 'feedEnd' | 'generation' | 'get'>
  readonly clock: Clock
}

/** An authority's answer to `probe`. */
export const answerProbe =
  ({ engine, store, clock }: Asked): CallHandler =>
  async ({ home, peer }) => {
    const standing = engine.authority.standing(home, clock.now())
    if (!standing.mayDecide) return err(standing.refusal)
    const sequence = await lastEntry(store, home, ({ origin }) => origin !== peer)
    return ok(probedJson({ peer: engine.author.node, place: { generation: await feedGeneration(store), sequence } }))
  }

/** Who holds a home, as its hub knows. */
export interface Held {
  readonly holder: string
  readonly epoch: number
  readonly vacant: boolean
}

/** A hub's answer to `recognise`: whether the caller holds the home under the epoch that it names. */
export const answerRecognise =
  (leaseOf: (home: string) => Held | undefined): CallHandler =>
  async ({ home, peer, body }) => {
    const lease = leaseOf(home)
    const epoch = isJsonObject(body) ? body.epoch : undefined
    if (lease !== undefined && !lease.vacant && lease.holder === peer && lease.epoch === epoch) return ok({ epoch })
    return err(
      refusal('retry-later', 'stale-epoch', `${peer} does not hold ${home} under epoch ${String(epoch)}, as far as its hub knows.`),
    )
  }
