import { readFileSync } from 'node:fs'
import { shippedDefinitions } from '@holdfast/shared/system'
import { describe, expect, test } from 'vitest'
import { makeOrders, makeTransfers, SEED, type Start } from './generate.ts'

const read = (name: string): Start[] => JSON.parse(readFileSync(new URL(name, import.meta.url), 'utf8'))
const orders = read('orders.json')
const transfers = read('transfers.json')

const names = ['order-fulfilment', 'transfer-dispatch', 'transfer-receive']
const definitions = new Map(shippedDefinitions(names).map((compiled) => [compiled.definition.name, compiled]))

const problemsOf = (start: Start): readonly string[] =>
  definitions.get(start.definition)!.checkInput(JSON.parse(JSON.stringify(start.input)))

describe('orders.json', () => {
  test('is what the generator makes', () => {
    expect(orders).toEqual(JSON.parse(JSON.stringify(makeOrders(SEED))))
    expect(transfers).toEqual(JSON.parse(JSON.stringify(makeTransfers(SEED))))
  })

  test('holds 212 orders with at least 640 lines, over two facilities and all priorities', () => {
    expect(orders).toHaveLength(212)
    expect(new Set(orders.map((order) => order.key)).size).toBe(212)
    expect(new Set(orders.map((order) => order.facility))).toEqual(new Set(['harbour', 'hillside']))
    expect(new Set(orders.map((order) => order.priority)).size).toBe(4)
    const lines = orders.filter((order) => problemsOf(order).length === 0).flatMap((order) => order.input.lines)
    expect(lines.length).toBeGreaterThanOrEqual(640)
  })

  test('exactly 8 orders are malformed, each in its own way', () => {
    const malformed = orders.map(problemsOf).filter((problems) => problems.length > 0)
    expect(malformed).toHaveLength(8)
    expect(malformed.flat()).toEqual([
      'lines.0.quantity: must be at least 1',
      'lines: must have at least 1 items',
      'priority: must be one of "critical", "high", "normal", "low"',
      'lines.0.quantity: must be integer, not string',
      'orderId: is missing',
      'custommer: is not a known field; did you mean "customer"?',
      'lines.0.quantity: must be at most 50',
      'lines.0.quantity: must be integer, not number',
    ])
  })

  test('three good orders are on hold at each facility', () => {
    const held = orders.filter((order) => order.input.hold === true && problemsOf(order).length === 0)
    expect(held.map((order) => order.facility).sort()).toEqual([...Array(3).fill('harbour'), ...Array(3).fill('hillside')])
  })
})

test('transfers.json holds 6 transfers, each receipt waiting for its dispatch', () => {
  expect(transfers.flatMap(problemsOf)).toEqual([])
  const dispatches = transfers.filter((start) => start.definition === 'transfer-dispatch')
  const receipts = transfers.filter((start) => start.definition === 'transfer-receive')
  expect([dispatches.length, receipts.length]).toEqual([6, 6])
  for (const receipt of receipts) {
    const dispatch = dispatches.find((start) => start.key === receipt.input.dispatchKey)
    expect(dispatch).toMatchObject({ facility: receipt.input.source, input: { lines: receipt.input.lines } })
  }
})
