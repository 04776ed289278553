/** Single moments of a session, each of them a mistake that is easy to make. */
import type { Offer, Outcome, UpMessage } from '@holdfast/shared/agent-protocol'
import { describe, expect, test } from 'vitest'
import type { SessionInput } from './input.ts'
import { compact, type JournalEntry, KEEP_SETTLED, recall } from './journal-entry.ts'
import { nextWakeAt } from './leases.ts'
import type { SessionOutput } from './output.ts'
import { DEFAULT_TIMING, holding, type SessionConfig } from './state.ts'
import { restore, step } from './step.ts'

const config: SessionConfig = {
  agent: 'r1',
  kind: 'robot',
  capabilities: ['move'],
  capacity: 1,
  sdk: 'test',
  onInterrupted: 'fail',
  timing: DEFAULT_TIMING,
}

const offer: Offer = {
  type: 'offer',
  task: 't',
  attempt: 1,
  epoch: 1,
  workflow: 'w_1',
  step: 'move',
  title: 'Move',
  capability: 'move',
  purpose: 'forward',
  input: null,
  leaseMs: 10_000,
  mayFinishOffline: false,
}
const done: Outcome = { ok: true, output: 1 }
const broken: Outcome = { ok: false, error: { code: 'jammed', message: '' } }

/** A session driven by hand; `said` and `asked` hold what the last input brought. */
const sessionOf = (entries: readonly JournalEntry[] = [], part: Partial<SessionConfig> = {}) => {
  const session = {
    state: restore({ ...config, ...part }, entries),
    outputs: [] as readonly SessionOutput[],
    take,
    said,
    asked,
    welcome,
    work,
  }
  function take(...inputs: readonly SessionInput[]): typeof session {
    for (const input of inputs) Object.assign(session, step(session.state, input))
    return session
  }
  function said(): readonly UpMessage[] {
    return session.outputs.flatMap((output) => (output.type === 'send' ? [output.message] : []))
  }
  function asked(): readonly string[] {
    return session.outputs.map(({ type }) => type).filter((type) => type !== 'tell' && type !== 'send')
  }
  function welcome(now: number, epoch = 1): typeof session {
    const message = { type: 'welcome', protocol: 1, gateway: 'g', epoch, heartbeatMs: 1000 } as const
    return session.take({ type: 'connected', now }, { type: 'message', now, message })
  }
  /** The task is offered, accepted and being worked on. */
  function work(now: number, part: Partial<Offer> = {}): typeof session {
    session.take({ type: 'message', now, message: { ...offer, ...part } })
    return session.take({ type: 'journalled', now, n: session.state.appended })
  }
  return session.take({ type: 'start' })
}

const cut = { type: 'cut', now: 100, code: 1006, reason: '' } as const
const journalled: SessionInput = { type: 'journalled', now: 0, n: 1000 }

describe('the line', () => {
  test('COO-1 hello says who the agent is and what it holds', () => {
    const session = sessionOf([{ kind: 'begun', offer }]).take({ type: 'moved', position: { x: 1, y: 2 } }, { type: 'connected', now: 0 })
    expect(session.said()).toEqual([
      {
        type: 'hello',
        protocol: 1,
        agent: 'r1',
        kind: 'robot',
        capabilities: ['move'],
        capacity: 1,
        holding: ['t'],
        sdk: 'test',
        position: { x: 1, y: 2 },
      },
    ])
  })

  test('COO-1 heartbeats carry progress and position, and are answered or the line counts as cut', () => {
    const session = sessionOf().welcome(0).work(0)
    session.take({ type: 'progress', task: 't', progress: 0.4 }, { type: 'moved', position: { x: 3, y: 4 } }, { type: 'tick', now: 0 })
    expect(session.said()).toEqual([{ type: 'heartbeat', beat: 1, tasks: [{ task: 't', progress: 0.4 }], position: { x: 3, y: 4 } }])
    expect(session.take({ type: 'tick', now: 2999 }).asked()).toEqual([])
    expect(session.take({ type: 'tick', now: 3000 }).asked()).toEqual(['disconnect'])
    expect(session.state.link.at).toBe('waiting')
  })

  test('COO-9 back-off doubles up to its bound, and differs between agents', () => {
    const waits = (agent: string): readonly number[] => {
      const session = sessionOf([], { agent })
      return Array.from({ length: 12 }, () => {
        session.take({ ...cut, now: 0 })
        const wakeAt = nextWakeAt(session.state)
        expect(session.take({ type: 'tick', now: wakeAt }).asked()).toEqual(['connect'])
        return wakeAt
      })
    }
    const [first, second] = [waits('r1'), waits('r2')]
    expect(first).not.toEqual(second)
    first.forEach((wait, failures) => {
      const full = Math.min(30_000, 500 * 2 ** failures)
      expect(wait).toBeGreaterThanOrEqual(full / 2)
      expect(wait).toBeLessThanOrEqual(full)
    })
  })

  test('COO-9 a refused agent waits longest, a replaced one aborts its work and leaves', () => {
    expect(nextWakeAt(sessionOf().take({ ...cut, now: 0, code: 4401 }).state)).toBe(30_000)
    const replaced = sessionOf()
      .welcome(0)
      .work(0)
      .take({ ...cut, code: 4409 })
    expect(replaced.asked()).toEqual(['abort'])
    expect(replaced.take({ type: 'performed', task: 't', outcome: broken }, journalled).asked()).toEqual(['end'])
    expect(nextWakeAt(replaced.state)).toBe(Number.POSITIVE_INFINITY)
  })

  test('COO-9 a gateway of a lower epoch is left, over a restart too, and hears no result', () => {
    const ended: readonly JournalEntry[] = [
      { kind: 'epoch', epoch: 5 },
      { kind: 'finished', task: 't', outcome: done },
    ]
    const session = sessionOf(ended).welcome(0, 4)
    expect(session.said()).toEqual([])
    expect(session.asked()).toEqual(['disconnect'])
    expect(sessionOf(ended).welcome(0, 5).said()).toEqual([{ type: 'result', task: 't', outcome: done }])
  })

  test('COO-9 an offer before the welcome is not taken', () => {
    const session = sessionOf().take({ type: 'connected', now: 0 }, { type: 'message', now: 0, message: offer })
    expect(session.outputs).toEqual([])
  })
})

describe('tasks', () => {
  test('COO-9 accept and work wait for the journal', () => {
    const session = sessionOf().welcome(0).take({ type: 'message', now: 0, message: offer })
    expect([session.said(), session.asked()]).toEqual([[], ['append']])
    session.take(journalled)
    expect([session.said(), session.asked()]).toEqual([[{ type: 'accept', task: 't' }], ['perform']])
  })

  test('COO-9 cut off before it accepted, the task does not start, and may be offered again', () => {
    const session = sessionOf().welcome(0).take({ type: 'message', now: 0, message: offer }, cut)
    expect(session.outputs).toContainEqual({ type: 'append', n: 3, entry: { kind: 'dropped', task: 't' } })
    expect(session.take(journalled).asked()).toEqual([])
    session.take({ type: 'tick', now: 1000 }).welcome(1000).work(1000)
    expect(session.asked()).toEqual(['perform'])
  })

  test('COO-9 A6 what was declined is declined again, however much room there is by then; its next attempt is taken', () => {
    const session = sessionOf().welcome(0).work(0)
    const other: Offer = { ...offer, task: 'u' }
    expect(session.take({ type: 'message', now: 0, message: other }).said()).toEqual([{ type: 'decline', task: 'u', reason: 'full' }])
    session.take({ type: 'performed', task: 't', outcome: done }, journalled)
    expect(session.take({ type: 'message', now: 1, message: other }).said()).toEqual([{ type: 'decline', task: 'u', reason: 'full' }])
    expect(session.take({ type: 'message', now: 2, message: { ...offer, task: 'u2' } }).asked()).toEqual(['append'])
  })

  test('COO-9 A4 an offer of an epoch that was over is taken from the gateway that holds the next', () => {
    const session = sessionOf().welcome(0, 2)
    expect(session.take({ type: 'message', now: 0, message: offer }).said()).toEqual([
      { type: 'decline', task: 't', reason: 'stale-epoch' },
    ])
    expect(session.take({ type: 'message', now: 1, message: { ...offer, epoch: 2 } }).asked()).toEqual(['append'])
  })

  test('COO-9 full, incapable, closing and stale are declined', () => {
    const reasonFor = (session: ReturnType<typeof sessionOf>, part: Partial<Offer>) => {
      session.take({ type: 'message', now: 0, message: { ...offer, task: 'u', ...part } })
      return session.said().map((message) => (message.type === 'decline' ? message.reason : message.type))
    }
    expect(reasonFor(sessionOf().welcome(0).work(0), {})).toEqual(['full'])
    expect(reasonFor(sessionOf().welcome(0), { capability: 'fly' })).toEqual(['incapable'])
    expect(reasonFor(sessionOf().welcome(0).work(0).take({ type: 'close', abort: false }), {})).toEqual(['closing'])
    expect(reasonFor(sessionOf().welcome(0, 3), { epoch: 2 })).toEqual(['stale-epoch'])
  })

  test('EX-10 an offer of finished work gets the earlier result, even after it was recorded and the agent restarted', () => {
    const session = sessionOf().welcome(0).work(0).take({ type: 'performed', task: 't', outcome: done })
    expect([session.said(), session.asked()]).toEqual([[], ['append']])
    const result: UpMessage = { type: 'result', task: 't', outcome: done }
    expect(session.take(journalled).said()).toEqual([result])
    expect(session.take({ type: 'message', now: 0, message: offer }).said()).toEqual([result])
    session.take({ type: 'message', now: 0, message: { type: 'recorded', task: 't' } }, { type: 'message', now: 0, message: offer })
    expect([session.said(), session.asked()]).toEqual([[result], []])

    const entries: readonly JournalEntry[] = [
      { kind: 'begun', offer },
      { kind: 'finished', task: 't', outcome: done },
      { kind: 'settled', task: 't' },
    ]
    const restarted = sessionOf(entries).welcome(0)
    expect(restarted.said()).toEqual([])
    expect(restarted.take({ type: 'message', now: 0, message: offer }).said()).toEqual([result])
    expect(restarted.take({ type: 'message', now: 0, message: { type: 'stop', task: 't', reason: '' } }).said()).toEqual([result])
  })

  test('COO-9 an unrecorded result is sent at each welcome, and again when its answer stays away', () => {
    const session = sessionOf([{ kind: 'finished', task: 't', outcome: done }]).welcome(0)
    const result: UpMessage = { type: 'result', task: 't', outcome: done }
    expect(session.said()).toEqual([result])
    expect(session.take(cut, { type: 'tick', now: 5000 }).welcome(5000).said()).toEqual([result])
    for (let now = 6000; now < 35_000; now += 1000) {
      expect(session.take({ type: 'message', now, message: { type: 'alive', beat: 0 } }, { type: 'tick', now }).said()).not.toContainEqual(
        result,
      )
    }
    expect(session.take({ type: 'tick', now: 35_000 }).said()).toContainEqual(result)
  })

  test('stop is answered by stopped, but by the result of work that succeeded all the same', () => {
    const stop: SessionInput = { type: 'message', now: 0, message: { type: 'stop', task: 't', reason: 'cancelled' } }
    const obedient = sessionOf().welcome(0).work(0).take(stop)
    expect(obedient.asked()).toEqual(['abort'])
    expect(obedient.take({ type: 'performed', task: 't', outcome: broken }).said()).toEqual([])
    expect(obedient.take(journalled).said()).toEqual([{ type: 'stopped', task: 't' }])
    expect(obedient.take(stop).said()).toEqual([{ type: 'stopped', task: 't' }])

    const finished = sessionOf().welcome(0).work(0).take(stop, { type: 'performed', task: 't', outcome: done }, journalled)
    expect(finished.said()).toEqual([{ type: 'result', task: 't', outcome: done }])
    expect(sessionOf().welcome(0).take(stop).said()).toEqual([{ type: 'stopped', task: 't' }])
  })

  test('what the gateway gave up is aborted in silence', () => {
    const session = sessionOf()
      .welcome(0)
      .work(0)
      .take({ type: 'message', now: 0, message: { type: 'forget', task: 't' } })
    expect(session.asked()).toEqual(['abort'])
    session.take({ type: 'performed', task: 't', outcome: broken }, journalled)
    expect([session.said(), holding(session.state)]).toEqual([[], []])
  })

  test('COO-13 RES-6 cut off, work goes on if it may, and else is aborted when the lease ends', () => {
    const session = sessionOf().welcome(0).work(0).take(cut)
    expect(session.take({ type: 'tick', now: 9999 }).asked()).not.toContain('abort')
    expect(session.take({ type: 'tick', now: 10_000 }).asked()).toContain('abort')
    session.take({ type: 'performed', task: 't', outcome: broken }, journalled, { ...cut, now: 10_000 })
    expect(session.take({ type: 'tick', now: 12_000 }).welcome(12_000).said()).toMatchObject([
      { outcome: { error: { code: 'lease-ended' } } },
    ])

    const offline = sessionOf().welcome(0).work(0, { mayFinishOffline: true }).take(cut)
    expect(offline.take({ type: 'tick', now: 900_000 }).asked()).toEqual(['connect'])
  })

  test('RES-6 a lease counts from the sending of the heartbeat that was answered', () => {
    const session = sessionOf().welcome(0).work(0).take({ type: 'tick', now: 500 })
    session.take({ type: 'message', now: 2000, message: { type: 'alive', beat: 1 } }, { ...cut, now: 2000 })
    expect(session.take({ type: 'tick', now: 10_499 }).asked()).not.toContain('abort')
    expect(session.take({ type: 'tick', now: 10_500 }).asked()).toContain('abort')
  })

  test('COO-9 work interrupted by a crash fails, or is done again when the gateway still holds it for us', () => {
    const begun: readonly JournalEntry[] = [{ kind: 'begun', offer }]
    const failing = sessionOf(begun)
    expect(failing.take(journalled).welcome(0).said()).toMatchObject([{ outcome: { error: { code: 'interrupted', retryable: true } } }])

    const redoing = sessionOf(begun, { onInterrupted: 'redo' })
    expect(redoing.asked()).toEqual(['connect'])
    expect(redoing.welcome(0).asked()).toContain('perform')
  })

  test('closing waits for running work, aborted or not, and for the journal', () => {
    for (const abort of [false, true]) {
      const session = sessionOf().welcome(0).work(0).take({ type: 'close', abort })
      expect(session.asked()).toEqual(abort ? ['abort'] : [])
      expect(session.take({ type: 'performed', task: 't', outcome: done }).asked()).toEqual(['append'])
      session.take(journalled)
      expect([session.said(), session.asked()]).toEqual([[{ type: 'result', task: 't', outcome: done }], ['disconnect', 'end']])
    }
    expect(sessionOf().take({ type: 'close', abort: false }).asked()).toEqual(['disconnect', 'end'])
  })
})

describe('the journal', () => {
  const settledOf = (n: number): readonly JournalEntry[] => [
    { kind: 'begun', offer: { ...offer, task: `t${n}` } },
    { kind: 'finished', task: `t${n}`, outcome: { ok: true, output: n } },
    { kind: 'settled', task: `t${n}` },
  ]
  const entries: readonly JournalEntry[] = [
    { kind: 'epoch', epoch: 2 },
    ...Array.from({ length: 100 }, (_, n) => settledOf(n)).flat(),
    { kind: 'begun', offer },
    { kind: 'begun', offer: { ...offer, task: 'u' } },
    { kind: 'dropped', task: 'u' },
    { kind: 'epoch', epoch: 7 },
  ]

  test('compacting keeps what is recalled, and twice is once', () => {
    expect(recall(compact(entries))).toEqual(recall(entries))
    expect(compact(compact(entries))).toEqual(compact(entries))
    expect(compact(entries)).toHaveLength(1 + 2 * KEEP_SETTLED + 1)
  })

  test('the settled that are remembered are the latest', () => {
    const kept = [...recall(entries).tasks.keys()]
    expect(kept).toContain('t99')
    expect(kept).toContain(`t${100 - KEEP_SETTLED}`)
    expect(kept).not.toContain(`t${99 - KEEP_SETTLED}`)
  })
})
