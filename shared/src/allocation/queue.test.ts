import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Priority } from '../definition/definition.ts'
import { type Candidate, chooseAgent } from './choose.ts'
import { AGEING_MS, urgency, type Waiting } from './queue.ts'

const PRIORITIES: readonly Priority[] = ['critical', 'high', 'normal', 'low']
const waiting = fc.record({ priority: fc.constantFrom(...PRIORITIES), since: fc.nat(1_000_000) })

describe('LIM-2 who comes first', () => {
  test('LIM-2 of those that came together, the more urgent; of equally urgent ones, who has waited longest', () => {
    const together = PRIORITIES.map((priority) => urgency({ priority, since: 5 }))
    expect(together).toEqual(together.toSorted((a, b) => a - b))
    expect(urgency({ priority: 'low', since: 4 })).toBeLessThan(urgency({ priority: 'low', since: 5 }))
  })

  test('LIM-2 whatever waits is passed only by what came soon after it: nothing starves', () => {
    fc.assert(
      fc.property(waiting, waiting, (first, later) => {
        if (later.since > first.since + 3 * AGEING_MS) expect(urgency(first)).toBeLessThan(urgency(later))
      }),
    )
  })

  test('LIM-2 under an endless stream of critical work even the least urgent is served within three classes of ageing', () => {
    const patient: Waiting = { priority: 'low', since: 0 }
    let queue: Waiting[] = [patient]
    let now = 0
    // Two critical offers arrive for each one served: the queue only grows.
    while (queue.includes(patient)) {
      queue.push({ priority: 'critical', since: now }, { priority: 'critical', since: now })
      queue = queue.toSorted((a, b) => urgency(a) - urgency(b)).slice(1)
      now += 1_000
    }
    // All critical work that arrived within the ageing time goes first, and nothing else does.
    expect(now).toBeLessThanOrEqual(2 * 3 * AGEING_MS + 2_000)
  })
})

const candidate = fc.record({
  id: fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f'),
  kind: fc.constantFrom('robot' as const, 'human' as const),
  capabilities: fc.constantFrom(new Set(['move']), new Set(['weld']), new Set(['move', 'weld'])),
  capacity: fc.integer({ min: 1, max: 4 }),
  load: fc.nat(4),
  idleSince: fc.nat(5),
})
const crew = fc.uniqueArray(candidate, { selector: ({ id }) => id, maxLength: 6 })

describe('COO-2 who gets it', () => {
  test('COO-2 somebody able and free if there is anybody, the least loaded for its capacity, in whatever order they are asked', () => {
    fc.assert(
      fc.property(crew, fc.option(fc.constantFrom('robot' as const, 'human' as const), { nil: undefined }), (agents, kind) => {
        const need = { capability: 'move', ...(kind === undefined ? {} : { kind }) }
        const able = agents.filter((agent) => agent.capabilities.has('move') && (kind === undefined || agent.kind === kind))
        const free = able.filter(({ load, capacity }) => load < capacity)
        const chosen: Candidate | undefined = chooseAgent(need, agents)
        expect(chosen === undefined).toBe(free.length === 0)
        expect(chooseAgent(need, agents.toReversed())).toBe(chosen)
        if (chosen === undefined) return
        for (const other of free) expect(chosen.load / chosen.capacity).toBeLessThanOrEqual(other.load / other.capacity)
      }),
    )
  })

  test('COO-2 among equals whoever has waited longest, then by name', () => {
    const agent = { kind: 'robot' as const, capabilities: new Set(['move']), capacity: 2, load: 1, idleSince: 5 }
    const agents = [
      { ...agent, id: 'b' },
      { ...agent, id: 'a' },
      { ...agent, id: 'c', idleSince: 4 },
    ]
    expect(chooseAgent({ capability: 'move' }, agents)?.id).toBe('c')
    expect(chooseAgent({ capability: 'move' }, agents.slice(0, 2))?.id).toBe('a')
  })
})
