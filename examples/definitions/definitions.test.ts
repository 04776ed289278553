import { readdirSync, readFileSync } from 'node:fs'
import { compileDefinition, parseDefinition } from '@holdfast/shared/definition'
import { describe, expect, test } from 'vitest'

const folder = new URL('.', import.meta.url)
const files = readdirSync(folder).filter((file) => file.endsWith('.yaml'))

const load = (file: string) => {
  const compiled = parseDefinition(readFileSync(new URL(file, folder), 'utf8'))
  if (!compiled.ok) throw new Error(JSON.stringify(compiled.error, null, 2))
  return compiled.value
}

describe.each(files)('%s', (file) => {
  const compiled = load(file)

  test('has no problem and no warning, and is named like its file', () => {
    expect(compiled.warnings).toEqual([])
    expect(`${compiled.definition.name}.yaml`).toBe(file)
  })

  test('its schema accepts nothing it does not name', () => {
    expect(compiled.checkInput({ surprise: 1 })).toContain('surprise: is not a known field')
  })

  test('comes back from a store as itself', () => {
    const again = compileDefinition(JSON.parse(JSON.stringify(compiled.definition)))
    expect(again.ok && again.value.hash).toBe(compiled.hash)
  })

  test('starts only definitions that exist', () => {
    const { start } = compiled.definition.cancel.late ?? {}
    if (start !== undefined) expect(files).toContain(`${start.definition}.yaml`)
  })
})

test('an order of quality less than passed is inspected again; a held one waits, another goes straight to ship', () => {
  const order = load('order-fulfilment.yaml')
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
  const order = load('order-fulfilment.yaml')
  const undo = order.steps[0]!.each!.compensation!
  const variables = { input: { orderId: 'o-1' }, item: { sku: 's-1', quantity: 2, zone: 'a1' }, index: 0, output: { bin: 7 } }
  const values = undo.input!.map(({ name, expression }) => [name, resultOf(expression.evaluate(variables))])
  expect(undo.name).toBe('put-back')
  expect(Object.fromEntries(values)).toEqual({ orderId: 'o-1', sku: 's-1', quantity: 2, zone: 'a1' })
})

const resultOf = (result: { ok: boolean; value?: unknown }): unknown => result.value
