/** What operators decide while faults are on, drawn beforehand; and what they do once calm returns, so that nothing waits for them. */
import { collect, type Prng } from '@holdfast/shared/testing'
import type { Clients } from './clients.ts'
import type { EngineHost } from './engine-host.ts'
import type { Frame } from './frame.ts'
import type { Order } from './orders.ts'
import { CLOUD, gatewayOf, HOMES } from './setup.ts'

const DECISIONS = ['cancel', 'cancel', 'pause', 'resume', 'set-priority', 'signal'] as const
const LOOKS_PER_ACTION = 2

/** Most decisions come while the workflow is at work. */
const SOON = 0.7
const SOON_MS = 20_000

type Command = Parameters<Clients['decide']>[3]

export const scheduleOperators = (frame: Frame, clients: Clients, orders: readonly Order[]): void => {
  const prng = frame.prng.stream('operators')
  const { actions, safetyMs } = frame.setup.particulars
  for (const order of orders) frame.kernel.at(order.atMs, `client orders ${order.key}`, () => clients.order(order))
  for (let n = 0; n < actions; n += 1) {
    const { workflow, home, atMs } = prng.pick(orders)
    const node = prng.pick([CLOUD, gatewayOf(home)])
    const command = drawCommand(prng, n)
    const isSoon = prng.chance(SOON)
    const when = prng.between(atMs, isSoon ? Math.min(safetyMs, atMs + SOON_MS) : safetyMs)
    frame.kernel.at(when, `operator decides ${command.type}`, () => clients.decide(node, workflow, home, command))
    for (let look = 0; look < LOOKS_PER_ACTION; look += 1) scheduleLook(frame, clients, prng, orders)
  }
}

const scheduleLook = (frame: Frame, clients: Clients, prng: Prng, orders: readonly Order[]): void => {
  const { workflow, home, atMs } = prng.pick(orders)
  const node = prng.pick([CLOUD, gatewayOf(home)])
  frame.kernel.at(prng.between(atMs, frame.setup.particulars.safetyMs), 'somebody looks', () => clients.look(node, workflow))
}

const drawCommand = (prng: Prng, n: number): Command => {
  const type = prng.pick(DECISIONS)
  const priority = prng.pick(['critical', 'low'] as const)
  if (type === 'cancel') return { type, reason: `changed plans ${n}` }
  if (type === 'set-priority') return { type, priority }
  if (type === 'signal') return { type, name: 'released', id: `signal-${n}`, payload: null }
  return { type }
}

/** Resumes what is paused and signals what waits, wherever it runs. */
export const tidyUp = async (clients: Clients, hosts: ReadonlyMap<string, EngineHost>): Promise<void> => {
  for (const home of HOMES) {
    const node = gatewayOf(home)
    const engine = hosts.get(node)?.life?.engine
    if (engine === undefined) continue
    for (const { id, open } of await collect(engine.summaries())) {
      if (!open) continue
      const unit = await engine.read(id)
      const state = unit.ok ? unit.value?.state : undefined
      if (state?.status === 'paused') clients.decide(CLOUD, id, home, { type: 'resume' })
      for (const [ref, { awaits, status }] of state?.steps.entries() ?? []) {
        if (awaits?.kind !== 'signal' || status !== 'running') continue
        clients.decide(CLOUD, id, home, { type: 'signal', name: awaits.signal, id: `tidy-${ref}-${state?.length}`, payload: null })
      }
    }
  }
}
