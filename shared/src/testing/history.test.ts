import { describe, expect, test } from 'vitest'
import { Campaign } from './campaign.ts'
import { History } from './history.ts'
import { TraceHash } from './trace-hash.ts'

const hashOf = (...lines: [number, string, string][]): string => {
  const history = new History()
  for (const [at, node, text] of lines) history.note(at, node, text)
  return history.hash
}

describe('history', () => {
  test('the hash sees every time, node, text and their order', () => {
    const hashes = [
      hashOf(),
      hashOf([1, 'a', 'b']),
      hashOf([2, 'a', 'b']),
      hashOf([1, 'b', 'a']),
      hashOf([1, 'a', '']),
      hashOf([1, 'ab', '']),
      hashOf([1 + 2 ** 32, 'a', 'b']),
      hashOf([1, 'a', 'b'], [1, 'a', 'c']),
      hashOf([1, 'a', 'c'], [1, 'a', 'b']),
    ]
    expect(new Set(hashes).size).toBe(hashes.length)
    for (const hash of hashes) expect(hash).toMatch(/^[0-9a-f]{14}$/)
  })

  test('the hash of many short lines doesn’t collide', () => {
    const hashes = new Set<string>()
    for (let at = 0; at < 200; at++) for (let node = 0; node < 100; node++) hashes.add(hashOf([at, String(node), 'x']))
    expect(hashes.size).toBe(20_000)
  })

  test('a text can’t pass for the end of a line and the time of the next', () => {
    const [lines, forged] = [new TraceHash(), new TraceHash()]
    lines.add(1, 'a')
    lines.add('b'.charCodeAt(0), '')
    forged.add(1, 'ab\0')
    expect(forged.value).not.toBe(lines.value)
  })

  test('counts and paths leave the hash alone', () => {
    const history = new History()
    const before = history.hash
    history.count('crash', 3)
    history.reached('fork')
    expect(history.hash).toBe(before)
    expect(history.counts.get('crash')).toBe(3)
    expect(history.paths.has('fork')).toBe(true)
  })

  test('each node keeps its last lines, oldest first', () => {
    const history = new History(3)
    for (let at = 0; at < 5; at++) history.note(at, 'busy', 'tick')
    history.note(1, 'quiet', 'woke')
    expect(history.lines('busy')).toEqual(['2 busy tick', '3 busy tick', '4 busy tick'])
    expect(history.lines('quiet')).toEqual(['1 quiet woke'])
    expect(history.lines('unknown')).toEqual([])
    expect(history.report()).toContain('1 quiet woke')
  })
})

describe('campaign', () => {
  test('it adds seeds up and fails while a required path was never taken', () => {
    const campaign = new Campaign(['fork', 'steal'])
    const history = new History()
    history.count('fault crash', 2)
    history.reached('fork')
    campaign.add(history, { events: 10, simulatedMs: 3_600_000 })
    campaign.add(history, { events: 5, simulatedMs: 1_800_000 })
    expect(campaign.missingPaths).toEqual(['steal'])
    expect(() => campaign.assertReached()).toThrow('never reached steal')
    expect(campaign.table()).toBe(
      [
        'seeds            2',
        'events           15',
        'simulated hours  1.5',
        'fault crash      4',
        'path fork        in 2 seeds',
        'path steal       NEVER REACHED',
      ].join('\n'),
    )
    const other = new History()
    other.reached('steal')
    campaign.add(other, { events: 0, simulatedMs: 0 })
    expect(() => campaign.assertReached()).not.toThrow()
  })
})
