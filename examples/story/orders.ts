/** The day's orders, read from files, and what will become of each if nobody interferes: a function of the seed alone. */
import { readFileSync } from 'node:fs'
import { workflowIdOf } from '@holdfast/shared/values'
import { z } from 'zod'
import { isSpoiled } from './work.ts'

const start = z.object({
  facility: z.enum(['harbour', 'hillside']),
  key: z.string(),
  definition: z.string(),
  title: z.string(),
  priority: z.string(),
  input: z.record(z.string(), z.unknown()),
})
export type Order = z.infer<typeof start>

const read = (file: string): readonly Order[] =>
  z.array(start).parse(JSON.parse(readFileSync(new URL(`../orders/${file}`, import.meta.url), 'utf8')))

/** Well-formed or not: what to make of them is for the system to say. */
export const readOrders = (): readonly Order[] => [...read('orders.json'), ...read('transfers.json')]

export const idOf = ({ facility, key }: Order): string => workflowIdOf(facility, key)

export const isHeld = (order: Order): boolean => order.input.hold === true

export const heldAt = (orders: readonly Order[], facility: string): readonly Order[] =>
  orders.filter((order) => order.facility === facility && isHeld(order))

/** A customer at the door: an order taken at the facility itself, whatever the cloud can see. */
export const walkIn = (facility: Order['facility'], n: number): Order => ({
  facility,
  key: `walk-in-${n}`,
  definition: 'order-fulfilment',
  title: `Walk-in order ${n}`,
  priority: 'high',
  input: {
    orderId: `walk-in-${n}`,
    customer: 'A customer at the door',
    hold: false,
    lines: [{ line: 1, sku: `sku-${100 + n}`, quantity: n, zone: 'a1' }],
  },
})

/** The seed as used: the first one made of `base` under which no order on hold is spoiled, so that the story's orders get as far as the hold. */
export const storySeed = (base: string, orders: readonly Order[]): string => {
  for (let n = 0; ; n += 1) {
    const seed = n === 0 ? base : `${base}.${n}`
    if (orders.filter(isHeld).every((order) => !isSpoiled(seed, idOf(order)))) return seed
  }
}

/** How an order that nobody cancels will end. Only customers' orders are inspected. */
export const expectedEnd = (seed: string, order: Order): 'completed' | 'failed' =>
  order.definition === 'order-fulfilment' && isSpoiled(seed, idOf(order)) ? 'failed' : 'completed'
