/** What goes wrong between the engine and those who do the work. */
import type { DownMessage } from '@holdfast/shared/agent-protocol'
import type { Performer } from '@holdfast/shared/ports'
import type { Plant } from './plant.ts'

/** An agent that does not remember its tasks: an offer made again is begun again. */
const lostDuplicateFilter: Plant = {
  name: 'lost duplicate filter',
  session: (step) => (state, input) => {
    if (input.type !== 'message' || input.message.type !== 'offer') return step(state, input)
    const tasks = new Map(state.tasks)
    tasks.delete(input.message.task)
    return step({ ...state, tasks }, input)
  },
}

const TASK_OFFERED_AGAIN = /\.(c?)(\d+)$/

/** Each time a task is offered it has another id. */
const noIdempotencyKey: Plant = {
  name: 'retry without idempotency key',
  gate: (gate) => {
    const offered = new Set<string>()
    return {
      connected: (profile, send) =>
        gate.connected(profile, (message) => {
          const again = message.type === 'offer' && offered.has(message.task)
          if (message.type === 'offer') offered.add(message.task)
          send(again ? { ...message, task: message.task.replace(TASK_OFFERED_AGAIN, '.$1$20') } : message)
        }),
      disconnected: (agent) => gate.disconnected(agent),
      heard: (agent, report) => gate.heard(agent, report),
    }
  },
}

/** A service that must not be called twice is declared harmless. */
const redoneUnknown: Plant = {
  name: 'redo of an unknown effect',
  functions: (functions) => new Map([...functions].map(([name, performer]) => [name, declaredHarmless(performer)])),
}

const declaredHarmless = (performer: Performer): Performer => ({
  safety: 'idempotent',
  perform: (attempt) => performer.perform(attempt),
})

/** An agent hears that its result is on record before it is. */
const recordedTooSoon: Plant = {
  name: 'a result acknowledged before the commit',
  weather: { crashesPerMinute: 4, maxSyncMs: 2_000 },
  gate: (gate) => {
    const sends = new Map<string, (message: DownMessage) => void>()
    return {
      connected: (profile, send) => {
        sends.set(profile.id, send)
        gate.connected(profile, send)
      },
      disconnected: (agent) => gate.disconnected(agent),
      heard: (agent, report) => {
        if (report.type === 'result') sends.get(agent)?.({ type: 'recorded', task: report.task })
        gate.heard(agent, report)
      },
    }
  },
}

const TOO_MANY = 3

const tooManyHands: Plant = {
  name: 'more tasks offered than an agent has hands',
  gate: (gate) => ({
    connected: (profile, send) => gate.connected({ ...profile, capacity: profile.capacity + TOO_MANY }, send),
    disconnected: (agent) => gate.disconnected(agent),
    heard: (agent, report) => gate.heard(agent, report),
  }),
}

/** A timer waits for a time of day instead of for a span. */
const wallTimer: Plant = {
  name: 'a timer by wall clock',
  weather: { jumpsPerHour: 5_000, maxSyncMs: 0, fullDiskChance: 0, syncFailureChance: 0 },
  clock: (clock) => ({
    now: () => clock.now(),
    after: (delayMs, callback) => {
      const due = clock.now().wall + delayMs
      let cancel = (): void => undefined
      const arm = (leftMs: number): void => {
        cancel = clock.after(leftMs, () => {
          const left = due - clock.now().wall
          if (left > 0) arm(left)
          else callback()
        })
      }
      arm(delayMs)
      return () => cancel()
    },
  }),
}

export const workBugs: readonly Plant[] = [lostDuplicateFilter, noIdempotencyKey, redoneUnknown, recordedTooSoon, tooManyHands, wallTimer]
