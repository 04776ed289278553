/** What clients will ask for in one seed: which workflows, where, when; drawn before the world begins. */

import type { Priority } from '@holdfast/shared/definition'
import type { Prng } from '@holdfast/shared/testing'
import { type Json, workflowIdOf } from '@holdfast/shared/values'
import { definitionNamed } from './definitions.ts'
import { HOMES, type Setup } from './setup.ts'

/** One creation, asked for once or at both ends at the same time. */
export interface Order {
  readonly workflow: string
  readonly home: string
  readonly key: string
  readonly definition: string
  readonly title: string
  readonly priority: Priority
  readonly input: Json
  readonly atMs: number
  readonly via: readonly ('cloud' | 'gateway')[]
}

const KINDS = [
  'order-fulfilment',
  'order-fulfilment',
  'order-fulfilment',
  'inspection',
  'repair',
  'furnace',
  'furnace',
  'convoy',
  'function-chain',
  'transfer',
] as const
const PRIORITIES = ['critical', 'high', 'normal', 'low'] as const

export const drawOrders = (prng: Prng, { particulars }: Setup): readonly Order[] => {
  const orders: Order[] = []
  for (let n = 0; orders.length < particulars.workflows; n += 1) orders.push(...drawOrder(prng, n, particulars.safetyMs))
  return orders
}

const drawOrder = (prng: Prng, n: number, safetyMs: number): readonly Order[] => {
  const kind = prng.pick(KINDS)
  const home = prng.pick(HOMES)
  const common = {
    priority: prng.pick(PRIORITIES),
    atMs: prng.between(0, Math.floor(safetyMs * 0.7)),
    via: prng.pick([['cloud'], ['cloud'], ['gateway'], ['cloud', 'gateway']] as const),
  }
  const lines = drawLines(prng)
  const orderId = `o-${n}`
  if (kind === 'inspection') return [orderOf(home, `crate-${n}`, kind, { held: prng.chance(0.5) }, common)]
  if (kind === 'convoy') return ['one', 'other'].map((lorry) => convoyOf(home, n, lorry, prng.chance(0.3), common))
  if (kind === 'furnace') return [orderOf(home, `batch-${n}`, kind, {}, common)]
  if (kind === 'repair') return [orderOf(home, `robot-${n}`, kind, {}, common)]
  if (kind === 'function-chain') return [orderOf(home, `chain-${n}`, 'function-chain', { orderId }, common)]
  if (kind === 'order-fulfilment') {
    const input = { orderId, customer: 'Ada', hold: prng.chance(0.3), lines }
    return [orderOf(home, `order-${n}`, 'order-fulfilment', input, common)]
  }
  const there = HOMES.find((one) => one !== home) ?? home
  const dispatchKey = `out-${n}`
  return [
    orderOf(home, dispatchKey, 'transfer-dispatch', { transferId: orderId, destination: there, lines }, common),
    orderOf(there, `in-${n}`, 'transfer-receive', { transferId: orderId, source: home, dispatchKey, lines }, common),
  ]
}

const convoyOf = (home: string, n: number, lorry: string, urgent: boolean, common: Common): Order =>
  orderOf(home, `lorry-${n}-${lorry}`, 'convoy', { lot: `lot-${n}`, urgent }, common)

const drawLines = (prng: Prng): readonly Json[] =>
  Array.from({ length: prng.between(1, 2) }, (_, index) => ({
    line: index + 1,
    sku: `sku-${prng.between(1, 9)}`,
    quantity: prng.between(1, 5),
    zone: 'a1',
  }))

type Common = Pick<Order, 'priority' | 'atMs' | 'via'>

const orderOf = (home: string, key: string, name: string, input: Json, common: Common): Order => {
  const { hash } = definitionNamed(name)
  return { workflow: workflowIdOf(home, key), home, key, definition: hash, title: `${name} ${key}`, input, ...common }
}
