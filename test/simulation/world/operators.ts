/** What operators decide while faults are on, drawn beforehand; and what they do once calm returns, so that nothing waits for them. */
import { collect, type Prng } from '@holdfast/shared/testing'
import { wanted } from '@holdfast/shared/workflow'
import type { Clients } from './clients.ts'
import { definitionNamed, definitionOf } from './definitions.ts'
import type { EngineHost } from './engine-host.ts'
import type { Frame } from './frame.ts'
import type { Order } from './orders.ts'
import { CLOUD, gatewayOf, HOMES } from './setup.ts'

const LOOKS_PER_ACTION = 2

/** Most decisions come while the workflow is at work. */
const SOON = 0.7
const SOON_MS = 20_000

/** Some say what they said again, as programs do that got no answer; with a signal, whose id makes that harmless, all do. */
const SAYS_AGAIN = 0.3
const AGAIN_MS = 4_000

type Command = Parameters<Clients['decide']>[3]

export const scheduleOperators = (frame: Frame, clients: Clients, orders: readonly Order[]): void => {
  const prng = frame.prng.stream('operators')
  const { actions, safetyMs } = frame.setup.particulars
  for (const order of orders) frame.kernel.at(order.atMs, `client orders ${order.key}`, () => clients.order(order))
  for (let n = 0; n < actions; n += 1) {
    const order = prng.pick(orders)
    const { workflow, home, atMs } = order
    const node = prng.pick([CLOUD, gatewayOf(home)])
    const command = drawCommand(prng, order, n)
    const isSoon = prng.chance(SOON)
    const when = prng.between(atMs, isSoon ? Math.min(safetyMs, atMs + SOON_MS) : safetyMs)
    const decide = (): void => clients.decide(node, workflow, home, command)
    frame.kernel.at(when, `operator decides ${command.type}`, decide)
    if (command.type === 'signal' || prng.chance(SAYS_AGAIN))
      frame.kernel.at(when + AGAIN_MS, `operator decides ${command.type} again`, decide)
    for (let look = 0; look < LOOKS_PER_ACTION; look += 1) scheduleLook(frame, clients, prng, orders)
  }
}

const scheduleLook = (frame: Frame, clients: Clients, prng: Prng, orders: readonly Order[]): void => {
  const { workflow, home, atMs } = prng.pick(orders)
  const node = prng.pick([CLOUD, gatewayOf(home)])
  frame.kernel.at(prng.between(atMs, frame.setup.particulars.safetyMs), 'somebody looks', () => clients.look(node, workflow))
}

/** Tried once, so what fails there is a dead letter. */
const OFTEN_FAIL = ['photo', 'charge'] as const

/** Of workflows with a point of no return, cancelling is what is most often too late. */
const CANCELS = 0.4

/** Of repairs under way, some are moved to the next version. */
const MOVES = 0.4
const NEXT_REPAIR = definitionNamed('repair', 2).hash

const drawCommand = (prng: Prng, { definition }: Order, n: number): Command => {
  const reason = `changed plans ${n}`
  const compiled = definitionOf(definition)
  const ids = compiled?.steps.map(({ id }) => id) ?? []
  if (prng.chance(CANCELS) && compiled?.definition.cancel.pointOfNoReturn !== undefined) return { type: 'cancel', reason }
  if (compiled?.definition.name === 'repair' && prng.chance(MOVES)) return { type: 'migrate', definition: NEXT_REPAIR }
  const draws: readonly (() => Command)[] = [
    () => ({ type: 'cancel', reason }),
    () => ({ type: 'cancel', reason }),
    () => ({ type: 'terminate', reason }),
    () => ({ type: 'pause' }),
    () => ({ type: 'resume' }),
    () =>
      compiled?.lifecycle === undefined
        ? { type: 'set-priority', priority: prng.pick(['critical', 'low'] as const) }
        : { type: 'enter-stage', stage: prng.pick([...compiled.lifecycle.stages.keys()]) },
    () => ({ type: 'signal', name: 'released', id: `signal-${n}`, payload: null }),
    () => ({ type: 'signal', name: 'released', id: `signal-${n}`, payload: null }),
    () => ({ type: 'rollback', reason, steps: prng.between(1, 3) }),
    () => ({ type: 'rollback', reason, to: prng.pick(ids) }),
    () => ({ type: 'restore', reason, position: prng.between(2, 30) }),
    () => ({ type: 'retry', reason }),
    () => ({ type: 'retry', reason }),
    () => ({ type: 'undo', reason }),
    () => ({ type: 'checkpoint', name: `before-${n}` }),
    () => ({ type: 'discard', step: prng.pick(OFTEN_FAIL), reason }),
    () => ({ type: 'discard', step: prng.pick(OFTEN_FAIL), reason }),
  ]
  return prng.pick(draws)()
}

/** Resumes what is paused, signals what waits and answers what is asked, wherever it runs. */
export const tidyUp = async (clients: Clients, hosts: ReadonlyMap<string, EngineHost>): Promise<void> => {
  for (const home of HOMES) {
    const engine = hosts.get(gatewayOf(home))?.life?.engine
    if (engine === undefined) continue
    for (const { id, open } of await collect(engine.summaries())) {
      if (!open) continue
      const unit = await engine.read(id)
      const state = unit.ok ? unit.value?.state : undefined
      const definition = state && definitionOf(state.definition)
      if (state === undefined || definition === undefined) continue
      if (state.status === 'paused') clients.decide(CLOUD, id, home, { type: 'resume' })
      const { answers, signals } = wanted(definition, id, state)
      for (const name of signals)
        clients.decide(CLOUD, id, home, { type: 'signal', name, id: `tidy-${name}-${state.length}`, payload: null })
      const dead = state.steps.findIndex(({ status, discarded }) => status === 'failed' && discarded !== true)
      if (dead >= 0) clients.decide(CLOUD, id, home, { type: 'discard', step: definition.steps[dead]?.id ?? '', reason: 'written off' })
      for (const answer of answers) clients.decide(CLOUD, id, home, replyTo(answer, state.length))
    }
  }
}

type Answer = ReturnType<typeof wanted>['answers'][number]

const ANSWERS = ['continue', 'retry', 'skip', 'fail'] as const

const replyTo = ({ kind, step, ref }: Answer, length: number): Command => {
  const draw = ref + length
  if (kind === 'approval') return { type: 'approve', step, approved: draw % 3 > 0, comment: 'seen', roles: [] }
  return { type: 'review', step, answer: ANSWERS[draw % ANSWERS.length] ?? 'skip', comment: 'looked at it' }
}
