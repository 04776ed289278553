import { describe, expect, expectTypeOf, test } from 'vitest'
import type { Compilation } from '../compile.ts'
import { parseDefinition } from '../parse.ts'
import { cel, define, flag, integer, list, number, object, oneOf, optional, type Shape, text } from './index.ts'

const line = object({ sku: text(), quantity: integer({ minimum: 1 }) })
const order = object({ orderId: text(), hold: flag(), lines: list(line, { minItems: 1 }), note: optional(text()) })
const bin = object({ bin: text(), weight: number() })

const begun = define({ name: 'delivery', input: order })
  .compensation('put-back', {
    type: 'task',
    capability: 'put-back',
    undoes: bin,
    takes: object({ bin: text() }),
    input: { bin: 'output.bin' },
  })
  .compensation('refund', { type: 'function', function: 'refund', undoes: object({ receipt: text() }) })
  .step('pick-all', {
    type: 'task',
    capability: 'pick',
    takes: object({ orderId: text() }),
    returns: bin,
    input: { orderId: 'input.orderId' },
    validate: cel('output.weight > 0.0'),
    compensate: 'put-back',
  })
  .step('hold', { type: 'wait', on: { kind: 'signal', signal: 'released' }, returns: object({ by: text() }) })
  .step('pack', {
    type: 'task',
    capability: 'pack',
    timeoutMs: '5m',
    takes: object({ bin: text(), weight: number(), all: bin, by: text() }),
  })

const delivery = begun
  .link('pick-all', 'hold', { when: 'input.hold' })
  .link('pick-all', 'pack', { when: cel('!input.hold && output.weight < 30.0'), sourcePort: 'bin', targetPort: 'bin' })
  .link('hold', 'pack', { sourcePort: 'by', targetPort: 'by' })
  .output({ bin: "steps['pick-all'].output.bin" })
  .share('pack')
  .cancel({ pointOfNoReturn: 'pack', late: { outcome: 'keep' } })

describe('a definition built in TypeScript', () => {
  test('DEF-1 is the same as the one written in JSON', () => {
    const built = delivery.build()
    if (!built.ok) throw new Error(JSON.stringify(built.error))
    const written = parseDefinition(JSON.stringify(delivery.authored), { format: 'json' })
    expect(written.ok && written.value.hash).toBe(built.value.hash)
    expect(JSON.stringify(delivery.authored)).not.toMatch(/takes|returns|undoes/)
    expect(built.value.definition.links[1]).toEqual({
      from: 'pick-all',
      to: 'pack',
      trigger: 'complete',
      when: '!input.hold && output.weight < 30.0',
      sourcePort: 'bin',
      targetPort: 'bin',
    })
    expect(built.value.checkInput({ orderId: 'o', hold: true, lines: [{ sku: 's', quantity: 0 }] })).toEqual([
      'lines.0.quantity: must be at least 1',
    ])
  })

  test('DEF-1 passes the same checks, all problems at once', () => {
    const round = begun.link('pick-all', 'pack').link('pack', 'pick-all')
    expect(codesOf(round.output({ wrong: cel('steps.pack.output + )') }))).toEqual(['cycle', 'bad-expression'])
  })

  test('a name only a prototype should have is refused', () => {
    const built = define({ name: 'x' }).step('constructor', { type: 'task', capability: 'move' }).build()
    expect(built.ok ? [] : built.error.map(({ code, path }) => `${code} ${path}`)).toEqual(['forbidden-key steps.constructor'])
  })

  test('a builder never changes', () => {
    const before = JSON.stringify(begun.authored)
    begun.step('more', { type: 'function', function: 'more' }).link('pack', 'more')
    expect(JSON.stringify(begun.authored)).toBe(before)
  })

  test('a map sees its items, and gives a list', () => {
    const mapped = define({ name: 'lines', input: order })
      .compensation('put-back', {
        type: 'task',
        capability: 'put-back',
        undoes: bin,
        takes: object({ sku: text() }),
        input: { sku: cel('item.sku') },
      })
      .map('pick', {
        over: 'input.lines',
        each: {
          type: 'task',
          capability: 'pick',
          takes: object({ sku: text(), at: integer() }),
          input: { sku: 'item.sku', at: 'index' },
          returns: bin,
          compensate: 'put-back',
        },
      })
      .step('pack', { type: 'task', capability: 'pack', takes: object({ bins: list(bin) }) })
      .link('pick', 'pack', { targetPort: 'bins' })
    expect(mapped.build().ok).toBe(true)
    expect(mapped.authored.steps).toMatchObject({ pick: { type: 'map', over: 'input.lines', each: { input: { at: 'index' } } } })
    // @ts-expect-error a list has no member that travels alone
    mapped.link('pick', 'pack', { sourcePort: 'bin', targetPort: 'bins' })
    const fresh = define({ name: 'x', input: order })
    const takes = object({ sku: text() })
    // @ts-expect-error the item has no such member
    fresh.map('pick', { over: 'input.lines', each: { type: 'task', capability: 'p', takes, input: { sku: 'item.skew' } } })
    // @ts-expect-error not a list
    fresh.map('pick', { over: 'input.orderId', each: { type: 'task', capability: 'p' } })
  })
})

test('DEF-9 a choice, a fallback and a plug-in, leading to steps named before', () => {
  const chosen = define({ name: 'chosen', input: order })
    .step('call', { type: 'executor', executor: 'http', with: { method: 'POST', url: 'https://example.com/' } })
    .step('by-hand', { type: 'task', capability: 'pack', kind: 'human' })
    .step('by-robot', { type: 'task', capability: 'pack', kind: 'robot', fallback: 'by-hand' })
    .choice('who', { cases: [{ when: 'input.hold', to: 'by-hand' }], otherwise: 'by-robot' })
    .link('call', 'who')
  const built = chosen.build()
  expect(built.ok ? built.value.definition.links.map(({ from, to, trigger }) => `${from} ${trigger} ${to}`) : built.error).toEqual([
    'call complete who',
    'by-robot fail by-hand',
    'who complete by-hand',
    'who complete by-robot',
  ])
  // @ts-expect-error no such step
  chosen.choice('other', { cases: [{ when: 'input.hold', to: 'by-foot' }] })
  // @ts-expect-error not a condition
  chosen.choice('other', { cases: [{ when: 'input.orderId', to: 'by-hand' }] })
  // @ts-expect-error no such step
  chosen.step('lift', { type: 'task', capability: 'lift', fallback: 'by-foot' })
})

test('DEF-10 a child takes what it is given, and its output is known', () => {
  const parent = define({ name: 'parent', input: order })
    .step('child', {
      type: 'workflow',
      definition: 'delivery',
      onUndo: 'leave',
      takes: object({ orderId: text() }),
      input: { orderId: 'input.orderId' },
      returns: bin,
    })
    .step('after', { type: 'wait', on: { kind: 'workflow', facility: cel('"inland"'), key: 'steps.child.output.bin' } })
    .link('child', 'after')
  const built = parent.build()
  expect(built.ok ? built.value.definition.steps.child?.work : built.error).toMatchObject({
    type: 'workflow',
    onCancel: 'cancel',
    onUndo: 'leave',
  })
  // @ts-expect-error the child takes nothing of that name
  parent.step('other', { type: 'workflow', definition: 'delivery', takes: object({ orderId: text() }), input: { order: 'input.orderId' } })
  // @ts-expect-error a number is no key
  parent.step('other', { type: 'wait', on: { kind: 'workflow', facility: 'input.orderId', key: 'steps.child.output.weight' } })
})

test('DEF-9 SM-4 a barrier tells who came, and guards see who decides and where it stands', () => {
  const guarded = define({ name: 'meet', input: order })
    .sync('meet', { barrier: 'input.orderId', parties: 2, onTimeout: 'proceed', timeoutMs: '1m' })
    .step('alone', { type: 'function', function: 'alone', cache: { ttlMs: '1h' } })
    .link('meet', 'alone', { when: cel('!output.complete') })
    .output({ met: 'steps.meet.output.complete' })
    .guard({ on: 'cancel', require: cel('by != "ann"'), reason: 'not ann' })
    .guard({ on: 'pause', require: 'input.hold', reason: 'only what may be held' })
  const built = guarded.build()
  if (!built.ok) throw new Error(JSON.stringify(built.error))
  expect(built.value.definition).toMatchObject({
    steps: { meet: { work: { type: 'sync', parties: 2, onTimeout: 'proceed' } }, alone: { cache: { ttlMs: 3_600_000 } } },
    guards: [{ on: 'cancel' }, { on: 'pause', require: 'input.hold' }],
  })
  // @ts-expect-error a flag names no barrier
  guarded.sync('other', { barrier: 'input.hold', parties: 2 })
  // @ts-expect-error the barrier's output has no such member
  guarded.link('meet', 'alone', { sourcePort: 'came', targetPort: 'x' })
  // @ts-expect-error a task is done anew each time
  guarded.step('task', { type: 'task', capability: 'x', cache: { ttlMs: '1h' } })
  // @ts-expect-error no such decision
  const wrong = guarded.guard({ on: 'stop', require: 'input.hold', reason: 'x' })
  expect(codesOf(wrong)).toEqual(['bad-value'])
  // @ts-expect-error a text does not hold or fail
  guarded.guard({ on: 'cancel', require: 'by', reason: 'x' })
})

describe('what does not compile', () => {
  test('DEF-1 a link from or to a step that is not there', () => {
    // @ts-expect-error no such step
    const from = begun.link('pik-all', 'pack')
    // @ts-expect-error no such step
    const to = begun.link('pick-all', 'pak')
    for (const wrong of [from, to]) expect(codesOf(wrong)).toEqual(['unknown-step'])
  })

  test('DEF-1 a compensation that is not there, or can not undo the output', () => {
    // @ts-expect-error no such compensation
    const unknown = begun.step('lift', { type: 'task', capability: 'lift', returns: bin, compensate: 'put-bak' })
    expect(codesOf(unknown)).toContain('bad-compensation')
    // @ts-expect-error a refund needs a receipt
    begun.step('lift', { type: 'task', capability: 'lift', returns: bin, compensate: 'refund' })
  })

  test('DEF-1 a member that is not there, or is of another type', () => {
    const takes = object({ bin: text() })
    // @ts-expect-error no such step
    const unknown = begun.step('lift', { type: 'task', capability: 'lift', takes, input: { bin: 'steps.pick.output.bin' } })
    expect(codesOf(unknown)).toContain('unknown-step')
    // @ts-expect-error no such member
    begun.step('lift', { type: 'task', capability: 'lift', takes, input: { bin: "steps['pick-all'].output.bun" } })
    // @ts-expect-error a number is no text
    begun.step('lift', { type: 'task', capability: 'lift', takes, input: { bin: "steps['pick-all'].output.weight" } })
    // @ts-expect-error the workflow has no such input
    begun.step('lift', { type: 'task', capability: 'lift', takes, input: { bin: 'input.order' } })
    // @ts-expect-error it may be absent
    begun.step('lift', { type: 'task', capability: 'lift', takes, input: { bin: 'input.note' } })
    // @ts-expect-error the step takes nothing of that name
    begun.step('lift', { type: 'task', capability: 'lift', takes, input: { bun: 'input.orderId' } })
    // @ts-expect-error not a condition
    begun.link('pick-all', 'pack', { when: 'input.orderId' })
    // @ts-expect-error no such step
    begun.output({ bin: 'steps.pack2.output' })
  })

  test('DEF-1 a port that is not there, or takes another type', () => {
    // @ts-expect-error the source gives nothing of that name
    begun.link('pick-all', 'pack', { sourcePort: 'bun', targetPort: 'bin' })
    // @ts-expect-error the target takes nothing of that name
    begun.link('pick-all', 'pack', { sourcePort: 'bin', targetPort: 'bun' })
    // @ts-expect-error a number does not go where a text is taken
    begun.link('pick-all', 'pack', { sourcePort: 'weight', targetPort: 'bin' })
    // @ts-expect-error the whole output does not either
    begun.link('pick-all', 'pack', { targetPort: 'bin' })
    // @ts-expect-error a wait takes nothing
    const intoWait = begun.link('pick-all', 'hold', { sourcePort: 'bin', targetPort: 'bin' })
    expect(codesOf(intoWait)).toEqual(['bad-port'])
    expect(begun.link('pick-all', 'pack', { targetPort: 'all' }).build().ok).toBe(true)
  })

  test('DEF-1 a name given twice', () => {
    // @ts-expect-error there is a step of that name
    begun.step('pack', { type: 'task', capability: 'pack' })
    // @ts-expect-error there is a compensation of that name
    begun.compensation('refund', { type: 'function', function: 'refund' })
  })

  test('DEF-1 a share or a point of no return that is no step', () => {
    // @ts-expect-error no such step
    const shared = begun.share('pak')
    // @ts-expect-error no such step
    const passed = begun.cancel({ pointOfNoReturn: 'pak' })
    expect([...codesOf(shared), ...codesOf(passed)]).toEqual(['unknown-step', 'bad-point-of-no-return'])
  })
})

test('a shape is a JSON Schema with a type', () => {
  expectTypeOf(order).toEqualTypeOf<
    Shape<{
      readonly orderId: string
      readonly hold: boolean
      readonly lines: readonly { readonly sku: string; readonly quantity: number }[]
      readonly note?: string
    }>
  >()
  expectTypeOf(oneOf('high', 'low')).toEqualTypeOf<Shape<'high' | 'low'>>()
  expect(order.schema).toEqual({
    type: 'object',
    required: ['orderId', 'hold', 'lines'],
    additionalProperties: false,
    properties: {
      orderId: { type: 'string' },
      hold: { type: 'boolean' },
      lines: { ...list(line).schema, minItems: 1 },
      note: { type: 'string' },
    },
  })
})

const codesOf = (builder: { build(): Compilation }): readonly string[] => {
  const built = builder.build()
  return built.ok ? [] : built.error.filter(({ severity }) => severity === 'error').map(({ code }) => code)
}
