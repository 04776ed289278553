import { compileDefinition } from '@holdfast/shared/definition'
import { shippedDefinitions } from '@holdfast/shared/system'
import { describe, expect, test } from 'vitest'

const shipped = shippedDefinitions('all')
const names = shipped.map(({ definition }) => definition.name)

const load = (name: string) => {
  const [compiled] = shippedDefinitions([name])
  if (compiled === undefined) throw new Error(name)
  return compiled
}

test('DEF-7 the value-lifecycle and facility definitions are shipped, and loaded by name', () => {
  expect(names.toSorted()).toEqual([
    ...[
      'complete-lifecycle',
      'expansion-modelling',
      'integrity-and-compliance',
      'maintenance',
      'opportunity-discovery',
      'order-fulfilment',
      'order-return',
      'parallel-lifecycle',
    ],
    ...['realization-tracking', 'replenishment', 'specimen-delivery', 'target-value-commit', 'transfer-dispatch', 'transfer-receive'],
  ])
  expect(shippedDefinitions([])).toEqual([])
  expect(() => shippedDefinitions(['order-fulfillment'])).toThrow('did you mean "order-fulfilment"?')
})

describe.each(shipped)('DEF-7 $definition.name', (compiled) => {
  test('its schema accepts nothing it does not name', () => {
    expect(compiled.checkInput({ surprise: 1 })).toContain('surprise: is not a known field')
  })

  test('comes back from a store as itself, without a warning', () => {
    const again = compileDefinition(JSON.parse(JSON.stringify(compiled.definition)))
    expect(again.ok && [again.value.hash, again.value.warnings]).toEqual([compiled.hash, []])
  })

  test('every stage says how long it may take, and brings what it starts', () => {
    for (const { timeoutMs } of Object.values(compiled.definition.steps)) expect(timeoutMs).toBeGreaterThan(0)
    const brought = shippedDefinitions([compiled.definition.name]).map(({ definition }) => definition.name)
    const { start } = compiled.definition.cancel.late ?? {}
    if (start !== undefined) expect(brought).toContain(start.definition)
    for (const { work } of Object.values(compiled.definition.steps))
      if (work.type === 'workflow') expect(brought).toContain(work.definition)
  })
})

test('an order of quality less than passed is inspected again; a held one waits, another goes straight to ship', () => {
  const order = load('order-fulfilment')
  const check = order.steps[order.numberOf.get('quality-check')!]!
  expect(check.validate?.evaluate({ output: { passed: false } })).toEqual({ ok: true, value: false })
  expect(check.spec.retry.maxAttempts).toBe(3)
  const way = (hold: boolean) =>
    check.outgoing
      .filter((link) => link.when?.evaluate({ input: { hold } }).ok && resultOf(link.when.evaluate({ input: { hold } })))
      .map((link) => link.spec.to)
  expect(way(true)).toEqual(['hold'])
  expect(way(false)).toEqual(['ship'])
})

test('a compensation sees the item it undoes', () => {
  const order = load('order-fulfilment')
  const undo = order.steps[0]!.each!.compensation!
  const variables = { input: { orderId: 'o-1' }, item: { sku: 's-1', quantity: 2, zone: 'a1' }, index: 0, output: { bin: 7 } }
  const values = undo.input!.map(({ name, expression }) => [name, resultOf(expression.evaluate(variables))])
  expect(undo.name).toBe('put-back')
  expect(Object.fromEntries(values)).toEqual({ orderId: 'o-1', sku: 's-1', quantity: 2, zone: 'a1' })
})

const resultOf = (result: { ok: boolean; value?: unknown }): unknown => result.value
