/** SYN-5: what clients were answered, held against what each policy promises; and each check against a node that breaks the promise. */
import { describe, expect, test } from 'vitest'
import type { Demand } from '../consistency/index.ts'
import { joined, type Session } from '../engine/session.ts'
import { define, HOME, TASK } from '../engine/test-support.ts'
import { linearizability } from '../testing/linearizability.ts'
import { Prng } from '../testing/prng.ts'
import { type BoundedRead, brokenSessions, needlessRefusals, type SessionStep, staleReads } from '../testing/read-checkers.ts'
import { type RegisterOperation, VERSIONED_REGISTER } from '../testing/versioned-register.ts'
import { type Shore, Weather, WORKFLOW } from './consistency-history-support.ts'

const ROUGH = ['open', 'open', 'cut', 'silent'] as const
const SEEDS = Array.from({ length: 8 }, (_, seed) => seed)

const under = (consistency: unknown) => define({ name: 'register', consistency, steps: { a: TASK } })

type Write = { readonly client: string; readonly calledAt: number; readonly name: string; readonly answeredAt: number | undefined }

/** @param unchecked reads are answered from memory, whatever the hub has */
const strongHistory = async (seed: number, broken: { unchecked?: true; unheld?: true } = {}): Promise<readonly RegisterOperation[]> => {
  const weather = await Weather.open(under('strong'))
  if (broken.unheld) weather.gate.node.engine.outlet.acknowledged(HOME, Number.MAX_SAFE_INTEGER)
  const writes: Write[] = []
  const reads: RegisterOperation[] = []
  const random = new Prng(seed)
  for (const client of ['ann', 'bob', 'cy', 'dee']) {
    const own = random.stream(client)
    weather.client(own, async () => {
      const shore = own.pick([weather.gate, weather.cloud])
      const calledAt = weather.now
      if (own.chance(0.5)) {
        const name = `${client}-${calledAt}`
        const answered = await shore.decide(name)
        // What was refused had no effect; what is not known may have had one.
        if (!answered.ok) return
        writes.push({ client, calledAt, name, answeredAt: answered.value.outcome === 'decided' ? weather.now : undefined })
      } else {
        const shown = await shore.read({ level: 'strong' }, 'strong', broken.unchecked)
        if (shown === undefined) return
        reads.push({ client, calledAt, call: { type: 'read' }, answered: { at: weather.now, answer: { type: 'read', ...shown } } })
      }
    })
  }
  await weather.pass(random, 14, ROUGH)
  const versions = await weather.versions()
  return [...reads, ...writes.map((write) => operationOf(write, versions))]
}

/** An answered write that is nowhere to be found has no version: no order explains it. */
const operationOf = ({ client, calledAt, name, answeredAt }: Write, versions: ReadonlyMap<string, number>): RegisterOperation => {
  const version = versions.get(name) ?? -1
  const answered = answeredAt === undefined ? undefined : { at: answeredAt, answer: { type: 'write', version } as const }
  return { client, calledAt, call: { type: 'write', value: name }, answered }
}

/** Whether one of the first seeds shows it. */
const someSeed = async (shows: (seed: number) => Promise<boolean>): Promise<boolean> => {
  for (let seed = 0; seed < 30; seed += 1) if (await shows(seed)) return true
  return false
}

const verdictOn = async (seed: number, broken: Parameters<typeof strongHistory>[1]): Promise<string> =>
  linearizability(VERSIONED_REGISTER, await strongHistory(seed, broken)).verdict

describe('SYN-5 I14 strong', () => {
  test.each(SEEDS)('SYN-5 I14 histories are linearizable, at the gateway and in the cloud alike (seed %i)', async (seed) => {
    const history = await strongHistory(seed)
    expect(linearizability(VERSIONED_REGISTER, history)).toEqual({ verdict: 'linearizable' })
    expect(history.filter(({ answered }) => answered !== undefined).length).toBeGreaterThan(10)
  })

  test('I14 the check finds answers that did not wait for the hub, and reads from memory', async () => {
    for (const broken of [{ unheld: true }, { unchecked: true }] as const) {
      const isFound = await someSeed(async (seed) => (await verdictOn(seed, broken)) === 'not-linearizable')
      expect([broken, isFound]).toEqual([broken, true])
    }
  })
})

const LAG_MS = 700
const BOUND = { maxMissing: 3, maxLagMs: LAG_MS }

interface Bounded {
  readonly weather: Weather
  readonly reads: readonly BoundedRead[]
}

const boundedHistory = async (
  seed: number,
  maxPending: number,
  maxLagMs: number,
  modes: readonly ('open' | 'cut' | 'silent')[],
): Promise<Bounded> => {
  const weather = await Weather.open(under({ level: 'bounded_staleness', maxLag: 60_000, maxPending }))
  const reads: BoundedRead[] = []
  const random = new Prng(seed)
  const demand: Demand = { level: 'bounded_staleness', maxLagMs }
  weather.client(random.stream('writer'), async () => void (await weather.gate.decide(`${weather.now}`)))
  for (const reader of ['ann', 'bob']) {
    weather.client(random.stream(reader), async () => {
      const startedAt = weather.now
      reads.push({ reader, startedAt, shown: (await weather.cloud.read(demand, undefined))?.version })
    })
  }
  await weather.pass(random, 14, modes)
  return { weather, reads }
}

describe('SYN-5 I15 bounded staleness', () => {
  test.each(SEEDS)('SYN-5 I15 no read misses more, or for longer, than the bound says (seed %i)', async (seed) => {
    const { weather, reads } = await boundedHistory(seed, BOUND.maxMissing, LAG_MS, ROUGH)
    expect(staleReads(weather.commits, reads, BOUND)).toEqual([])
    expect(reads.some(({ shown }) => shown !== undefined)).toBe(true)
  })

  test('I15 over a whole line nothing is refused', async () => {
    const { weather, reads } = await boundedHistory(1, BOUND.maxMissing, LAG_MS, ['open'])
    expect(needlessRefusals(reads, [{ from: 0, to: weather.now }])).toEqual([])
    expect([reads.length > 20, weather.commits.length > 10]).toEqual([true, true])
  })

  test('I15 the check finds one decision too many, and a copy that is too old', async () => {
    const { maxMissing } = BOUND
    for (const [maxPending, maxLagMs] of [
      [maxMissing + 1, 1_000_000],
      [1_000, 4 * LAG_MS],
    ] as const) {
      const bound = maxPending > 100 ? { maxMissing: 1_000, maxLagMs: LAG_MS } : { maxMissing, maxLagMs: 1_000_000 }
      const isFound = await someSeed(async (seed) => {
        const { weather, reads } = await boundedHistory(seed, maxPending, maxLagMs, ['cut', 'silent', 'open'])
        return staleReads(weather.commits, reads, bound).length > 0
      })
      expect([maxPending, isFound]).toEqual([maxPending, true])
    }
  })
})

describe('SYN-5 I7 I10 I17 eventual', () => {
  test.each(SEEDS)('SYN-5 I10 I17 sessions never go back, wherever they read; at the end all copies are equal (seed %i)', async (seed) => {
    const weather = await Weather.open(under('eventual'))
    const random = new Prng(seed)
    const steps: (SessionStep | { readonly session: string; readonly wrote: string })[] = []
    for (const session of ['ann', 'bob', 'cy']) {
      const own = random.stream(session)
      let token: Session = []
      weather.client(own, async () => {
        const shore: Shore = own.pick([weather.gate, weather.cloud])
        if (own.chance(0.4)) {
          const wrote = `${session}-${weather.now}`
          if ((await weather.gate.decide(wrote)).ok) steps.push({ session, wrote })
          token = joined(token, await weather.gate.reader.seen([HOME]))
        } else if (await shore.reader.holds(token)) {
          steps.push({ session, type: 'read', shown: { [WORKFLOW]: (await shore.shown()).version } })
          token = joined(token, await shore.reader.seen([HOME]))
        }
      })
    }
    await weather.pass(random, 14, ROUGH)
    const versions = await weather.versions()
    const named = steps.map(
      (step): SessionStep =>
        'wrote' in step ? { session: step.session, type: 'write', made: { [WORKFLOW]: versions.get(step.wrote) ?? 0 } } : step,
    )
    expect(brokenSessions(named)).toEqual([])
    const [here, there] = await Promise.all([weather.gate, weather.cloud].map((shore) => shore.node.engine.summary(WORKFLOW)))
    expect([here?.head, here?.length]).toEqual([there?.head, there?.length])
  })
})
