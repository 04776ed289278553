import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { linearizability } from './linearizability.ts'
import { Prng } from './prng.ts'
import { type RegisterAnswer, type RegisterCall, type RegisterOperation, VERSIONED_REGISTER } from './versioned-register.ts'

const check = (history: readonly RegisterOperation[], maxLooks?: number) => linearizability(VERSIONED_REGISTER, history, maxLooks)

const op = (client: string, from: number, to: number | undefined, call: RegisterCall, answer?: RegisterAnswer): RegisterOperation => ({
  client,
  calledAt: from,
  call,
  answered: to === undefined || answer === undefined ? undefined : { at: to, answer },
})
const write = (client: string, from: number, to: number | undefined, value: string, version = 0): RegisterOperation =>
  op(client, from, to, { type: 'write', value }, { type: 'write', version })
const read = (client: string, from: number, to: number, version: number, value: string): RegisterOperation =>
  op(client, from, to, { type: 'read' }, { type: 'read', version, value })
const cas = (client: string, from: number, to: number | undefined, expected: number, done: boolean, version: number): RegisterOperation =>
  op(
    client,
    from,
    to,
    { type: 'compare-and-set', version: expected, value: `${client}${expected}` },
    { type: 'compare-and-set', done, version },
  )
const acquire = (client: string, from: number, to: number, token: number): RegisterOperation =>
  op(client, from, to, { type: 'acquire' }, { type: 'acquire', token })

describe('I14 known good', () => {
  test.each<[string, readonly RegisterOperation[]]>([
    ['nothing at all', []],
    ['one after the other', [write('a', 0, 1, 'x', 1), read('b', 2, 3, 1, 'x'), write('a', 4, 5, 'y', 2), read('b', 6, 7, 2, 'y')]],
    ['a read beside a write sees the old', [write('a', 0, 10, 'x', 1), read('b', 1, 2, 0, '')]],
    ['a read beside a write sees the new', [write('a', 0, 10, 'x', 1), read('b', 1, 2, 1, 'x')]],
    ['two writes beside each other, either way round', [write('a', 0, 10, 'x', 2), write('b', 0, 10, 'y', 1), read('c', 11, 12, 2, 'x')]],
    ['one of two takes the version', [cas('a', 0, 10, 0, true, 1), cas('b', 1, 9, 0, false, 1)]],
    ['a write nobody heard of, seen', [write('a', 0, undefined, 'x'), read('b', 5, 6, 1, 'x')]],
    ['a write nobody heard of, never seen', [write('a', 0, undefined, 'x'), read('b', 5, 6, 0, ''), read('b', 7, 8, 0, '')]],
    [
      'a write nobody heard of, seen only later',
      [write('a', 0, undefined, 'x'), read('b', 5, 6, 0, ''), read('b', 700, 800, 1, 'x'), read('c', 900, 901, 1, 'x')],
    ],
    ['tokens that skip', [acquire('a', 0, 1, 4), acquire('b', 2, 3, 9)]],
  ])('%s', (_name, history) => {
    expect(check(history)).toEqual({ verdict: 'linearizable' })
  })
})

describe('I14 known bad', () => {
  test.each<[string, readonly RegisterOperation[]]>([
    ['a stale read', [write('a', 0, 1, 'x', 1), read('b', 2, 3, 0, '')]],
    ['a value that nobody wrote', [write('a', 0, 10, 'x', 1), read('b', 5, 6, 1, 'z')]],
    ['new, then old again', [write('a', 0, 20, 'x', 1), read('b', 1, 2, 1, 'x'), read('c', 3, 4, 0, '')]],
    ['two who see two writes in two orders', [...twoOrders()]],
    ['two take one version', [cas('a', 0, 10, 0, true, 1), cas('b', 0, 10, 0, true, 1)]],
    ['refused for a version that was there', [cas('a', 0, 1, 0, false, 0)]],
    ['a lost write', [write('a', 0, 1, 'x', 1), write('b', 2, 3, 'y', 1)]],
    ['one token twice', [acquire('a', 0, 1, 1), acquire('b', 0, 1, 1)]],
    ['a token that falls', [acquire('a', 0, 1, 5), acquire('b', 2, 3, 4)]],
    ['a write nobody heard of, seen and gone', [write('a', 0, undefined, 'x'), read('b', 5, 6, 1, 'x'), read('b', 7, 8, 0, '')]],
    ['read from memory, before the write was called', [read('b', 0, 1, 1, 'x'), write('a', 2, 3, 'x', 1)]],
  ])('%s', (_name, history) => {
    expect(check(history).verdict).toBe('not-linearizable')
  })

  test('it names the operations of which none could come next', () => {
    const history = [write('a', 0, 1, 'x', 1), read('b', 2, 3, 0, '')]
    expect(check(history)).toMatchObject({ placed: 1, blocked: [{ client: 'b' }] })
  })
})

function twoOrders(): readonly RegisterOperation[] {
  const [x, y] = [write('a', 0, 100, 'x', 1), write('b', 0, 100, 'y', 1)]
  return [
    x,
    { ...y, answered: undefined },
    read('c', 1, 2, 1, 'x'),
    read('c', 3, 4, 2, 'y'),
    read('d', 1, 2, 1, 'y'),
    read('d', 3, 4, 2, 'x'),
  ]
}

test('L2 what would take too long is unknown, not guessed', () => {
  const many = Array.from({ length: 14 }, (_, n) => write(`c${n}`, 0, undefined, `${n}`))
  expect(check([...many, read('r', 1, 2, 3, 'nobody wrote it')], 1_000)).toEqual({ verdict: 'unknown' })
})

/** A real register: each operation takes effect at one moment between its call and its answer. */
const realHistory = (seed: number, clients: number, operations: number): readonly RegisterOperation[] => {
  const random = new Prng(`history ${seed}`)
  const free = Array.from({ length: clients }, () => 0)
  const planned = Array.from({ length: operations }, (_, n) => {
    const client = n % clients
    const from = (free[client] ?? 0) + random.between(0, 5)
    const at = from + random.between(0, 30)
    const to = at + random.between(0, 30)
    free[client] = to + 1
    return {
      client: `c${client}`,
      from,
      at: at + n / 10_000,
      to,
      call: randomCall(random, n),
      lost: random.chance(0.05),
      fails: random.chance(0.5),
    }
  })
  let state = VERSIONED_REGISTER.initial
  const answers = new Map<number, RegisterAnswer>()
  for (const [n, { call, lost, fails }] of [...planned.entries()].sort(([, one], [, other]) => one.at - other.at)) {
    if (lost && fails) continue
    const next = VERSIONED_REGISTER.step(state, call, undefined) ?? state
    answers.set(n, answerOf(call, state, next))
    state = next
  }
  return planned.map(({ client, from, to, call, lost }, n) => op(client, from, lost ? undefined : to, call, answers.get(n)))
}

const randomCall = (random: Prng, n: number): RegisterCall =>
  random.pick<RegisterCall>([
    { type: 'read' },
    { type: 'write', value: `v${n}` },
    { type: 'compare-and-set', version: random.between(0, 6), value: `v${n}` },
    { type: 'acquire' },
  ])

type State = typeof VERSIONED_REGISTER.initial

const answerOf = (call: RegisterCall, before: State, after: State): RegisterAnswer => {
  switch (call.type) {
    case 'read':
      return { type: 'read', version: before.version, value: before.value }
    case 'write':
      return { type: 'write', version: after.version }
    case 'compare-and-set':
      return { type: 'compare-and-set', done: after !== before, version: after.version }
    case 'acquire':
      return { type: 'acquire', token: after.token }
  }
}

test('I14 whatever a real register does is linearizable, ten clients at once', () => {
  fc.assert(
    fc.property(fc.nat(), fc.integer({ min: 1, max: 10 }), (seed, clients) => {
      expect(check(realHistory(seed, clients, 120))).toEqual({ verdict: 'linearizable' })
    }),
    { numRuns: 60 },
  )
})

/** By trying every order: the definition, word for word. */
const byBruteForce = (history: readonly RegisterOperation[], state = VERSIONED_REGISTER.initial): boolean => {
  if (history.every(({ answered }) => answered === undefined)) return true
  return history.some((one, index) => {
    const rest = history.filter((_, other) => other !== index)
    if (rest.some(({ answered }) => answered !== undefined && answered.at < one.calledAt)) return false
    const after = VERSIONED_REGISTER.step(state, one.call, one.answered?.answer)
    return after !== undefined && byBruteForce(rest, after)
  })
}

test('L1 L2 it says what trying every order says, of histories right and wrong', () => {
  const verdicts = new Set<boolean>()
  fc.assert(
    fc.property(fc.nat(), fc.nat(6), fc.nat(2), (seed, at, wrongBy) => {
      const history = realHistory(seed, 3, 7).map((one, n) => (n === at ? distorted(one, wrongBy) : one))
      const is = byBruteForce(history)
      verdicts.add(is)
      expect(check(history).verdict).toBe(is ? 'linearizable' : 'not-linearizable')
    }),
    { numRuns: 300 },
  )
  expect(verdicts).toEqual(new Set([true, false]))
})

const distorted = (one: RegisterOperation, by: number): RegisterOperation => {
  if (one.answered === undefined) return one
  const { at, answer } = one.answered
  const wrong = answer.type === 'acquire' ? { ...answer, token: answer.token - by } : { ...answer, version: answer.version + by }
  return { ...one, answered: { at, answer: wrong } }
}
