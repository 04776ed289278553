import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type Admission, admissible } from './admission.ts'
import { verifyChain } from './chain.ts'
import { editNotes, readNotes, setTitle } from './fields.ts'
import { judgeUpdate } from './guard.ts'
import { headHex } from './head.ts'
import { waitingProposals } from './proposals.ts'
import { openReplica, type Replica } from './replica.ts'
import type { Rights } from './rights.ts'
import { endOf, readLog, readTail, START } from './segments.ts'
import { ALL_RIGHTS, Author, clientOf, codeOf, entry, proposeOn, replicaOf, sameBytes, successorOf, unwrap } from './test-support.ts'

/** What one node does in a run; `author` is the authority, the others propose and write notes. */
type Step =
  | { readonly kind: 'turn'; readonly entries: number }
  | { readonly kind: 'restart' }
  | { readonly kind: 'propose' | 'write' | 'title'; readonly node: 0 | 1 }
  | { readonly kind: 'deliver'; readonly node: 0 | 1 | 2 }

const node = fc.constantFrom<0 | 1>(0, 1)
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('turn' as const), entries: fc.nat({ max: 4 }) }) },
  { weight: 1, arbitrary: fc.constant({ kind: 'restart' as const }) },
  { weight: 6, arbitrary: fc.record({ kind: fc.constantFrom('propose' as const, 'write' as const, 'title' as const), node }) },
  { weight: 5, arbitrary: fc.record({ kind: fc.constant('deliver' as const), node: fc.constantFrom<0 | 1 | 2>(0, 1, 2) }) },
)

const rightsOf = (author: number): Rights =>
  author === 1 ? { ...ALL_RIGHTS, nodes: new Set([1]), mayPropose: false } : { ...ALL_RIGHTS, nodes: new Set([author]), authority: false }

/** A hub relays everything in its own order; every update passes its guard, as each replica's does. */
class Run {
  readonly feed: { readonly update: Uint8Array; readonly from: number }[] = []
  readonly hub = openReplica(clientOf(100))
  author = new Author(1, 1)
  readonly tablets = [openReplica(clientOf(2)), openReplica(clientOf(3))] as const
  readonly seen = [0, 0, 0]
  readonly proposed = [0, 0]
  marks: { [journal: string]: number } = {}
  lives = 1

  act(one: Step): void {
    if (one.kind === 'turn') this.turn(one.entries)
    else if (one.kind === 'restart') this.restart()
    else if (one.kind === 'deliver') this.deliver(one.node)
    else this.edit(one.kind, one.node)
  }

  turn(count: number): void {
    const { admit, spent }: Admission = admissible(waitingProposals(this.author.replica), this.marks)
    const verdicts = admit.map(({ proposal }) => [50, proposal.journal, proposal.n])
    const entries = [...verdicts, ...Array.from({ length: count }, (_, n) => entry(this.feed.length * 10 + n))]
    for (const { proposal } of admit) this.marks[proposal.journal] = proposal.n
    this.send(
      this.author.append(
        entries,
        [...admit, ...spent].map((one) => one.place),
      ),
      1,
    )
  }

  /** Loads what it stored: all its own, and what the hub delivered. */
  restart(): void {
    this.lives += 1
    const stored = this.author.replica.encode()
    const next = successorOf(this.author, 1, this.lives, [stored])
    this.author = next
  }

  edit(kind: 'propose' | 'write' | 'title', at: 0 | 1): void {
    const replica = this.tablets[at]
    this.proposed[at]! += kind === 'propose' ? 1 : 0
    if (kind === 'propose') this.send(proposeOn(replica, `tablet-${at}`, this.proposed[at]!), 2 + at)
    else if (kind === 'title') this.send(unwrap(setTitle(replica, `title ${this.feed.length}`)), 2 + at)
    else
      this.send(
        unwrap(editNotes(replica, { at: 0, remove: Math.min(2, readNotes(replica).length), insert: `note ${this.feed.length} ` })),
        2 + at,
      )
  }

  send(update: Uint8Array, from: number): void {
    expect(codeOf(judgeUpdate(this.hub, update, rightsOf(from)))).toBe('ok')
    this.hub.apply(update)
    this.feed.push({ update, from })
  }

  deliver(to: 0 | 1 | 2): void {
    const replica = [this.author.replica, ...this.tablets][to]!
    const below: Rights = { ...ALL_RIGHTS, acknowledged: new Map() }
    for (const { update, from } of this.feed.slice(this.seen[to])) {
      if (from === to + 1) continue
      expect(codeOf(judgeUpdate(replica, update, below))).toBe('ok')
      replica.apply(update)
    }
    this.seen[to] = this.feed.length
  }
}

const summary = (replica: Replica) => ({
  log: readLog(replica),
  waiting: waitingProposals(replica),
  notes: readNotes(replica),
  bytes: [...replica.encode()],
  state: [...replica.stateVector()],
})

const runs = fc.array(step, { minLength: 5, maxLength: 40 })

describe('I7 convergence', () => {
  test('GOV-3 I7 every honest update passes every guard, and all replicas end with the same bytes, log and proposals', () => {
    fc.assert(
      fc.property(runs, (steps) => {
        const run = new Run()
        for (const one of steps) run.act(one)
        for (const to of [0, 1, 2] as const) run.deliver(to)
        const expected = summary(run.hub)
        for (const replica of [run.author.replica, ...run.tablets]) expect(summary(replica)).toEqual(expected)
        const verified = unwrap(verifyChain(run.hub, { position: endOf(run.author.replica), head: headHex(run.author.head) }))
        expect(verified.position).toEqual(readLog(run.hub).position)
        expect(expected.log.cut).toEqual([])
      }),
      { numRuns: 60 },
    )
  })

  test('SYN-3 I8 any order, batching and repetition of the same updates gives the same document', () => {
    fc.assert(
      fc.property(runs, fc.infiniteStream(fc.nat({ max: 1_000_000 })), (steps, numbers) => {
        const run = new Run()
        for (const one of steps) run.act(one)
        const next = (below: number): number => Number(numbers.next().value) % below
        const updates = run.feed.map(({ update }) => update)
        const shuffled = [...updates, ...updates.filter(() => next(3) === 0)]
        for (let at = shuffled.length - 1; at > 0; at--) {
          const other = next(at + 1)
          ;[shuffled[at], shuffled[other]] = [shuffled[other]!, shuffled[at]!]
        }
        const replica = openReplica(clientOf(99))
        while (shuffled.length > 0) replica.applyAll(shuffled.splice(0, 1 + next(5)))
        expect(summary(replica)).toEqual(summary(run.hub))
      }),
      { numRuns: 60 },
    )
  })

  test('I8 I16 whatever arrives in whatever order, what is read is a prefix, and reading on equals reading anew', () => {
    fc.assert(
      fc.property(runs, fc.infiniteStream(fc.nat({ max: 1_000_000 })), (steps, numbers) => {
        const run = new Run()
        for (const one of steps) run.act(one)
        const all = readLog(run.hub).entries
        const waiting = run.feed.map(({ update }) => update)
        const replica = openReplica(clientOf(99))
        let position = START
        while (waiting.length > 0) {
          replica.apply(waiting.splice(Number(numbers.next().value) % waiting.length, 1)[0]!)
          const tail = readTail(replica, position)
          if (tail === 'refold') throw new Error('nothing was cut')
          expect(tail.entries).toEqual(all.slice(position.length, tail.position.length))
          expect(tail.position).toEqual(endOf(replica))
          position = tail.position
        }
        expect(position.length).toBe(all.length)
      }),
      { numRuns: 60 },
    )
  })

  test('I8 a document from a snapshot and the rest is the document from all', () => {
    const author = new Author(1, 1)
    for (let n = 0; n < 30; n++) author.append([entry(n)])
    const half = replicaOf(clientOf(9), author.updates.slice(0, 15)).encode()
    expect(sameBytes(replicaOf(clientOf(9), [half, ...author.updates.slice(15)]).encode(), author.replica.encode())).toBe(true)
  })
})
