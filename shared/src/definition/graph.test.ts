import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { checkGraph } from './graph.ts'
import { sketchOf } from './sketch.ts'

type Steps = Record<string, object>
const task = { type: 'task', capability: 'x' }
const named = (...ids: string[]): Steps => Object.fromEntries(ids.map((id) => [id, task]))

const check = (definition: { steps: Steps; links?: object[]; compensations?: object; cancel?: object; shares?: string[] }) =>
  checkGraph(sketchOf(JSON.parse(JSON.stringify(definition)))).map(({ severity, code, path, message }) => ({
    severity,
    code,
    path,
    message,
  }))

const codes = (definition: Parameters<typeof check>[0]) => check(definition).map(({ code, path }) => `${code} ${path}`)

const chain = (...ids: string[]) => ids.slice(1).map((to, n) => ({ from: ids[n], to }))

describe('DEF-2', () => {
  test('DEF-2 a sound graph has no problems', () => {
    expect(check({ steps: named('a', 'b', 'c'), links: chain('a', 'b', 'c') })).toEqual([])
    expect(check({ steps: named('a', 'b') })).toEqual([])
  })

  test('DEF-2 a missing dependency, with the nearest name', () => {
    expect(check({ steps: named('pick', 'pack'), links: [{ from: 'pick', to: 'pcak' }] })).toMatchObject([
      { code: 'unknown-step', path: 'links.0.to', message: 'there is no step "pcak"; did you mean "pack"?' },
    ])
  })

  test('DEF-2 only a step that is there can be shared', () => {
    expect(check({ steps: named('pick', 'pack'), shares: ['pack', 'pcak'] })).toMatchObject([
      { severity: 'error', code: 'unknown-step', path: 'shares.1', message: 'there is no step "pcak"; did you mean "pack"?' },
    ])
  })

  test('DEF-2 a cycle is printed step by step', () => {
    const found = check({ steps: named('in', 'a', 'b', 'c', 'out'), links: [...chain('in', 'a', 'b', 'c', 'out'), { from: 'c', to: 'a' }] })
    expect(found).toMatchObject([
      { severity: 'error', code: 'cycle' },
      { severity: 'warning', code: 'unreachable-step', path: 'steps.out' },
    ])
    expect(['a → b → c → a', 'b → c → a → b', 'c → a → b → c']).toContain(found[0]!.message)
  })

  test('DEF-2 a step that waits for itself, and two cycles at once', () => {
    const found = check({ steps: named('in', 'a', 'b', 'c'), links: [...chain('in', 'a', 'a'), ...chain('in', 'b', 'c', 'b')] })
    expect(found.map(({ message }) => message)).toEqual(expect.arrayContaining(['a → a']))
    expect(found.filter(({ code }) => code === 'cycle')).toHaveLength(2)
  })

  test('DEF-2 no step, no entry, no terminal', () => {
    expect(codes({ steps: {} })).toEqual(['no-steps steps'])
    expect(codes({ steps: named('a', 'b'), links: [...chain('a', 'b'), ...chain('b', 'a')] })).toEqual([
      'no-entry steps',
      'no-terminal steps',
      expect.stringMatching(/^cycle links/),
    ])
  })

  test('DEF-2 a link said twice; the same ends with another trigger are another link', () => {
    const link = { from: 'a', to: 'b' }
    expect(codes({ steps: named('a', 'b'), links: [link, { ...link, trigger: 'complete' }, { ...link, trigger: 'fail' }] })).toEqual([
      'duplicate-link links.1',
    ])
  })

  test('DEF-2 a join for more links than there are', () => {
    const steps = { ...named('a', 'b'), c: { ...task, join: 3 } }
    expect(codes({ steps, links: [...chain('a', 'c'), ...chain('b', 'c')] })).toEqual(['bad-join steps.c.join'])
  })

  test('DEF-2 ports where they cannot be', () => {
    const steps = {
      a: task,
      list: { type: 'map', over: 'input.x', each: task },
      later: { type: 'wait', on: { kind: 'time', delayMs: 5 } },
      signal: { type: 'wait', on: { kind: 'signal', signal: 's' } },
      mapped: { ...task, input: { x: '1' } },
      z: task,
    }
    const bad: [object, string][] = [
      [{ from: 'a', to: 'z', sourcePort: 'p' }, 'sourcePort'],
      [{ from: 'list', to: 'z', sourcePort: 'p', targetPort: 'q' }, 'sourcePort'],
      [{ from: 'later', to: 'z', targetPort: 'q' }, 'targetPort'],
      [{ from: 'a', to: 'signal', targetPort: 'q' }, 'targetPort'],
      [{ from: 'a', to: 'mapped', targetPort: 'x' }, 'targetPort'],
      [{ from: 'a', to: 'z', trigger: 'fail', sourcePort: 'p', targetPort: 'q' }, 'sourcePort'],
      [{ from: 'a', to: 'z', trigger: 'fail', targetPort: 'q' }, 'targetPort'],
    ]
    for (const [link, port] of bad) expect(codes({ steps, links: [link] })).toEqual([`bad-port links.0.${port}`])
    expect(
      codes({
        steps,
        links: [
          { from: 'signal', to: 'z', sourcePort: 'p', targetPort: 'q' },
          { from: 'list', to: 'z', targetPort: 'r' },
        ],
      }),
    ).toEqual([])
  })

  test('DEF-2 two links into one port', () => {
    const links = ['a', 'b'].map((from) => ({ from, to: 'c', targetPort: 'p' }))
    expect(codes({ steps: named('a', 'b', 'c'), links })).toEqual(['bad-port links.1.targetPort'])
  })

  test('DEF-2 compensations and the point of no return must exist', () => {
    const steps = { a: { ...task, compensate: 'undo' }, m: { type: 'map', over: 'input', each: { ...task, compensate: 'und' } } }
    expect(check({ steps, compensations: { undo: task, spare: task }, cancel: { pointOfNoReturn: 'b' } })).toMatchObject([
      { code: 'bad-compensation', path: 'steps.m.each.compensate', message: 'there is no compensation "und"; did you mean "undo"?' },
      { severity: 'warning', code: 'unused-compensation', path: 'compensations.spare' },
      { code: 'bad-point-of-no-return', path: 'cancel.pointOfNoReturn' },
    ])
  })

  test('DEF-2 a graph has a cycle problem exactly when it has a cycle, and what is printed is one', () => {
    const graphs = fc
      .integer({ min: 1, max: 12 })
      .chain((size) => fc.tuple(fc.constant(size), fc.array(fc.tuple(fc.nat(size - 1), fc.nat(size - 1)), { maxLength: 20 })))
    fc.assert(
      fc.property(graphs, ([size, pairs]) => {
        const steps = named(...Array.from({ length: size }, (_, n) => `s${n}`))
        const links = pairs.map(([from, to]) => ({ from: `s${from}`, to: `s${to}` }))
        const cycles = check({ steps, links }).filter(({ code }) => code === 'cycle')
        expect(cycles.length > 0).toBe(hasCycle(size, pairs))
        for (const { message } of cycles) {
          const walk = message.split(' → ')
          expect(walk[0]).toBe(walk.at(-1))
          for (const step of chain(...walk)) expect(links).toContainEqual(step)
        }
      }),
    )
  })

  test('DEF-2 anything shaped like JSON can be checked', () => {
    fc.assert(
      fc.property(
        fc.jsonValue(),
        fc.jsonValue(),
        (steps, links) => void checkGraph(sketchOf(JSON.parse(JSON.stringify({ steps, links })))),
      ),
    )
  })
})

/** Every walk of `size` links must repeat a step. */
const hasCycle = (size: number, pairs: readonly (readonly [number, number])[]): boolean => {
  let ends = new Set(Array.from({ length: size }, (_, n) => n))
  for (let length = 0; length < size; length++) ends = new Set(pairs.filter(([from]) => ends.has(from)).map(([, to]) => to))
  return ends.size > 0
}
