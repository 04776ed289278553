/**
 * A day of orders for two facilities, always the same day: everything is drawn from a seed.
 *
 *   orders.json      212 orders for harbour and hillside; 8 of them malformed, each in its own way; 3 on hold at each facility
 *   transfers.json   6 transfers from hillside to harbour: a dispatch at one, a receipt at the other
 *
 * Run it to write both files anew.
 */
import { writeFileSync } from 'node:fs'

type Facility = 'harbour' | 'hillside'
type Priority = 'critical' | 'high' | 'normal' | 'low'

/** One workflow to start; `input` is what its definition's schema judges. */
export interface Start {
  readonly facility: Facility
  readonly key: string
  readonly definition: string
  readonly title: string
  readonly priority: Priority
  readonly input: Readonly<Record<string, unknown>>
}

interface Line {
  readonly line: number
  readonly sku: string
  readonly quantity: number
  readonly zone: string
}

const ORDERS = 212
const TRANSFERS = 6
const FIRST_HOLD = 5
const HOLDS_EACH = 3
const FIRST_MALFORMED = 20
const MALFORMED_EVERY = 24

const CUSTOMERS = [
  'Brightwater Bakery',
  'Copper Kettle Inn',
  'Dunmore Clinic',
  'Eastgate School',
  'Fennel & Rye',
  'Grey Heron Bookshop',
  'Hollins Hardware',
  'Inverlane Farm',
  'Juniper Workshop',
  'Kestrel Cycles',
] as const

const PRIORITIES: readonly Priority[] = ['normal', 'normal', 'normal', 'normal', 'high', 'high', 'low', 'low', 'critical']

type Draw = (below: number) => number

/** Tommy Ettinger's mulberry32: small, and good enough to make an ordinary day. */
const drawFrom = (seed: number): Draw => {
  let state = seed >>> 0
  return (below) => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * below)
  }
}

const oneOf = <T>(draw: Draw, list: readonly T[], fallback: T): T => list[draw(list.length)] ?? fallback

const linesOf = (draw: Draw, count: number): readonly Line[] =>
  Array.from({ length: count }, (_, index) => ({
    line: index + 1,
    sku: `sku-${String(1_000 + draw(400))}`,
    quantity: 1 + draw(12),
    zone: `${oneOf(draw, ['a', 'b', 'c', 'd'], 'a')}${1 + draw(9)}`,
  }))

/** Each breaks the schema in another way. */
const SPOILERS: readonly ((input: Readonly<Record<string, unknown>>, lines: readonly Line[]) => Readonly<Record<string, unknown>>)[] = [
  (input, lines) => ({ ...input, lines: withFirst(lines, { quantity: -3 }) }),
  (input) => ({ ...input, lines: [] }),
  (input) => ({ ...input, priority: 'yesterday' }),
  (input, lines) => ({ ...input, lines: withFirst(lines, { quantity: 'two' }) }),
  ({ orderId: _, ...input }) => input,
  (input) => ({ ...input, custommer: 'Fennel & Rye' }),
  (input, lines) => ({ ...input, lines: withFirst(lines, { quantity: 51 }) }),
  (input, lines) => ({ ...input, lines: withFirst(lines, { quantity: 1.5 }) }),
]

const withFirst = ([first, ...rest]: readonly Line[], change: Readonly<Record<string, unknown>>) => [{ ...first, ...change }, ...rest]

export const makeOrders = (seed: number): readonly Start[] => {
  const draw = drawFrom(seed)
  return Array.from({ length: ORDERS }, (_, index) => makeOrder(draw, index))
}

const makeOrder = (draw: Draw, index: number): Start => {
  const orderId = `order-${String(index + 1).padStart(4, '0')}`
  const customer = oneOf(draw, CUSTOMERS, CUSTOMERS[0])
  const priority = oneOf(draw, PRIORITIES, 'normal')
  const lines = linesOf(draw, 1 + draw(6))
  const input = { orderId, customer, hold: isOnHold(index), priority, lines }
  const spoil = SPOILERS[(index - FIRST_MALFORMED) / MALFORMED_EVERY]
  return {
    facility: index % 2 === 0 ? 'harbour' : 'hillside',
    key: orderId,
    definition: 'order-fulfilment',
    title: `Order ${orderId.slice(-4)} for ${customer}`,
    priority,
    input: spoil === undefined ? input : spoil(input, lines),
  }
}

/** Orders alternate between the facilities, so neighbours share the holds evenly. */
const isOnHold = (index: number): boolean => index >= FIRST_HOLD && index < FIRST_HOLD + 2 * HOLDS_EACH

export const makeTransfers = (seed: number): readonly Start[] => {
  const draw = drawFrom(seed)
  return Array.from({ length: TRANSFERS }, (_, index) => makeTransfer(draw, index)).flat()
}

const makeTransfer = (draw: Draw, index: number): readonly Start[] => {
  const transferId = `transfer-${String(index + 1).padStart(2, '0')}`
  const lines = linesOf(draw, 1 + draw(3))
  const priority = oneOf(draw, PRIORITIES, 'normal')
  const dispatchKey = `${transferId}-dispatch`
  return [
    {
      facility: 'hillside',
      key: dispatchKey,
      definition: 'transfer-dispatch',
      title: `Transfer ${transferId.slice(-2)} to harbour`,
      priority,
      input: { transferId, destination: 'harbour', lines },
    },
    {
      facility: 'harbour',
      key: `${transferId}-receive`,
      definition: 'transfer-receive',
      title: `Transfer ${transferId.slice(-2)} from hillside`,
      priority,
      input: { transferId, source: 'hillside', dispatchKey, lines },
    },
  ]
}

export const SEED = 20_260_301

if (import.meta.main) {
  writeFileSync(new URL('orders.json', import.meta.url), `${JSON.stringify(makeOrders(SEED), null, 2)}\n`)
  writeFileSync(new URL('transfers.json', import.meta.url), `${JSON.stringify(makeTransfers(SEED), null, 2)}\n`)
}
