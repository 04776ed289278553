import * as Automerge from '@automerge/automerge'
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { planIdOf } from '../../values/ids.ts'
import { isJsonObject, type JsonObject } from '../../values/json.ts'
import { clientIdOf } from '../../values/node-number.ts'
import { codeOf, unwrap } from '../test-support.ts'
import { genesisOf } from './genesis.ts'
import {
  conflictsOf,
  differencesOf,
  type Edit,
  historyOf,
  judgeChange,
  loadPaper,
  openPaper,
  type Paper,
  type PaperName,
  settledContent,
} from './index.ts'
import { misfitsOf } from './kinds.ts'

const NAME: PaperName = { id: planIdOf('harbour', 'monday'), home: 'harbour', kind: 'plan' }
const [CLOUD, FLOOR] = [1, 2]
const RIGHTS = { nodes: new Set([CLOUD, FLOOR]), authority: false, mayPropose: true, mayWriteText: true, maxBytes: 1 << 20 }

let clock = 0
const edited = (paper: Paper, patch: JsonObject, more: Partial<Edit> = {}): Uint8Array => {
  clock += 1
  const change = unwrap(paper.edit({ patch, by: 'ada', at: clock, message: 'because', isFacilitys: false, ...more }))
  if (change === undefined) throw new Error('nothing changed')
  return change
}
const copyOf = (node: number, changes: readonly Uint8Array[]): Paper =>
  unwrap(loadPaper(NAME, clientIdOf(node, changes.length << 7), changes))
const item = (startAt: number): JsonObject => ({ facility: 'harbour', startAt, endAt: startAt + 10 })
const begun = (): Uint8Array =>
  edited(openPaper(NAME, clientIdOf(CLOUD, 0)), { key: 'monday', title: 'Monday', items: { a: item(1), b: item(50) } })

describe('SYN-9 a paper', () => {
  test('the bytes every paper begins with hold its empty maps, and nothing else', () => {
    for (const [kind, content] of [
      ['plan', { key: '', title: '', state: 'draft', notes: '', items: {} }],
      ['catalogue', { definitions: {}, rules: {}, presets: {} }],
    ] as const) {
      const [doc] = Automerge.applyChanges(Automerge.init(), [genesisOf(kind)])
      expect(Automerge.toJS(doc)).toEqual(content)
    }
  })

  test('edits of different members merge; a text merges by letters; every version stays readable', () => {
    const first = begun()
    const [cloud, floor] = [copyOf(CLOUD, [first]), copyOf(FLOOR, [first])]
    const versions = [cloud.version]
    const there = [edited(cloud, { items: { a: { startAt: 5 } } }), edited(cloud, { notes: 'cloud says. ' })]
    const here = [edited(floor, { items: { b: { note: 'late' } } }), edited(floor, { notes: 'floor says. ' })]
    for (const change of here) cloud.take(change)
    for (const change of there) floor.take(change)
    expect(cloud.content).toEqual(floor.content)
    expect(cloud.version).toBe(floor.version)
    expect(cloud.content).toMatchObject({ items: { a: { startAt: 5 }, b: { note: 'late' } } })
    expect([...String(cloud.content.notes)].sort()).toEqual([...'cloud says. floor says. '].sort())
    expect(cloud.contentAt(versions[0] ?? '')).toMatchObject({ items: { a: { startAt: 1 } }, notes: '' })
    expect(conflictsOf(cloud)).toEqual([])
    expect(historyOf(cloud).map(({ by, message }) => [by, message])).toEqual(Array.from({ length: 5 }, () => ['ada', 'because']))
    expect(cloud.contentAt('00')).toBeUndefined()
  })

  test('a plan begun at both ends at once is one plan, with the items of both', () => {
    const [cloud, floor] = [openPaper(NAME, clientIdOf(CLOUD, 0)), openPaper(NAME, clientIdOf(FLOOR, 0))]
    const there = edited(cloud, { key: 'monday', title: 'From above', items: { a: item(1) } })
    const here = edited(floor, { key: 'monday', title: 'From here', items: { b: item(2) } }, { isFacilitys: true, by: 'bo' })
    cloud.take(here)
    floor.take(there)
    for (const paper of [cloud, floor])
      expect(settledContent(paper)).toMatchObject({ title: 'From here', items: { a: item(1), b: item(2) } })
  })

  test('CON-4 CON-6 I13 one member edited twice at once: the facility’s stands, both are told, with the rule; a later edit ends it', () => {
    const first = begun()
    const [cloud, floor] = [copyOf(CLOUD, [first]), copyOf(FLOOR, [first])]
    const there = edited(cloud, { items: { a: { startAt: 7 } } }, { by: 'planner' })
    const here = edited(floor, { items: { a: { startAt: 9 } } }, { by: 'foreman', isFacilitys: true })
    cloud.take(here)
    floor.take(there)
    const found = conflictsOf(cloud)
    expect(found).toEqual(conflictsOf(floor))
    expect(found).toMatchObject([{ path: 'items.a.startAt', rule: 'facility-first', stands: 9 }])
    expect(found[0]?.claims.map(({ value, by }) => [by, value]).sort()).toEqual([
      ['foreman', 9],
      ['planner', 7],
    ])
    expect(found[0]?.explanation).toBe(
      "items.a.startAt: planner wrote 7, foreman wrote 9, neither knowing of the other. The facility's own stands, because the floor knows.",
    )
    expect(settledContent(cloud)).toMatchObject({ items: { a: { startAt: 9 } } })
    floor.take(edited(cloud, { items: { a: { startAt: 8 } } }))
    expect([conflictsOf(cloud), conflictsOf(floor)]).toEqual([[], []])
  })

  test('CON-1 two edits that are right alone and wrong together are a conflict for a person', () => {
    const first = begun()
    const [cloud, floor] = [copyOf(CLOUD, [first]), copyOf(FLOOR, [first])]
    cloud.take(edited(floor, { items: { b: { endAt: 51 } } }))
    floor.take(edited(cloud, { items: { b: { startAt: 55 } } }, { base: copyOf(CLOUD, [first]).version }))
    expect(conflictsOf(floor)).toMatchObject([{ path: 'items.b', rule: 'crossed-window' }])
    expect(conflictsOf(cloud)).toEqual(conflictsOf(floor))
  })

  test('an edit on an older version is concurrent with what came since', () => {
    const paper = copyOf(CLOUD, [begun()])
    const seen = paper.version
    edited(paper, { title: 'Mine' })
    edited(paper, { title: 'Yours' }, { base: seen })
    expect(conflictsOf(paper)).toMatchObject([{ path: 'title', rule: 'last-edit' }])
  })

  test.each<readonly [string, JsonObject]>([
    ['an unknown member', { owner: 'me' }],
    ['a state that does not exist', { state: 'done' }],
    ['a number for a text', { title: 7 }],
    ['an item without its window', { items: { c: { facility: 'harbour' } } }],
    ['another key', { key: 'tuesday' }],
    ['a bad id', { items: { 'No Such': item(1) } }],
    ['half a letter', { title: '\ud800' }],
  ])('GOV-4 %s is refused and changes nothing', (_what, patch) => {
    const paper = copyOf(CLOUD, [begun()])
    const before = Automerge.save(paper.doc)
    expect(paper.edit({ patch, by: 'ada', at: 1, message: 'no', isFacilitys: false }).ok).toBe(false)
    expect(Automerge.save(paper.doc)).toEqual(before)
  })

  test('what differs is told by path', () => {
    expect(differencesOf({ a: 1, b: { c: 2, d: 3 } }, { b: { c: 2, d: 4 }, e: 5 })).toEqual([
      { path: 'a', before: 1 },
      { path: 'b.d', before: 3, after: 4 },
      { path: 'e', after: 5 },
    ])
  })
})

describe('GOV-3 the guard of papers', () => {
  const rawChange = (from: Paper, actor: string, edit: (draft: { [key: string]: unknown }) => void): Uint8Array => {
    const doc = Automerge.change(Automerge.clone(from.doc, { actor }), { time: 0 }, (draft) => edit(draft))
    const change = Automerge.getLastLocalChange(doc)
    if (change === undefined) throw new Error('no change')
    return change
  }
  const actorOf = (node: number): string =>
    clientIdOf(node, 5 << 7)
      .toString(16)
      .padStart(16, '0')
  const verdict = (paper: Paper, change: Uint8Array, rights: typeof RIGHTS = RIGHTS): string => {
    const before = Automerge.save(paper.doc)
    const code = codeOf(judgeChange(paper, change, rights))
    expect(Automerge.save(paper.doc)).toEqual(before)
    return code
  }

  test('GOV-3 an honest change passes once; a resend is known', () => {
    const first = begun()
    const paper = copyOf(FLOOR, [first])
    const next = edited(copyOf(CLOUD, [first]), { title: 'New' })
    expect(judgeChange(paper, next, RIGHTS)).toEqual({ ok: true, value: { hasNews: true } })
    paper.take(next)
    expect(judgeChange(paper, next, { ...RIGHTS, nodes: new Set() })).toEqual({ ok: true, value: { hasNews: false } })
  })

  test('GOV-3 what is forged, foreign, early, forked or ill-formed is refused, and the paper is as before', () => {
    const first = begun()
    const paper = copyOf(FLOOR, [first])
    const author = copyOf(CLOUD, [first])
    const [second, third] = [edited(author, { title: 'Two' }), edited(author, { title: 'Three' })]
    expect(verdict(paper, third)).toBe('pending')
    expect(
      verdict(
        paper,
        rawChange(paper, actorOf(9), (draft) => Object.assign(draft, { title: 'x' })),
      ),
    ).toBe('foreign-client')
    expect(
      verdict(
        paper,
        rawChange(paper, 'abcd', (draft) => Object.assign(draft, { title: 'x' })),
      ),
    ).toBe('foreign-client')
    expect(
      verdict(
        paper,
        rawChange(paper, Automerge.getActorId(paper.doc), (draft) => Object.assign(draft, { title: 'x' })),
      ),
    ).toBe('own-client')
    expect(verdict(paper, second, { ...RIGHTS, mayWriteText: false })).toBe('forbidden-root')
    expect(verdict(paper, second, { ...RIGHTS, maxBytes: 10 })).toBe('too-large')
    for (const edit of [{ owner: 'me' }, { state: 'done' }, { items: 'none' }, { title: new Date(0) }, { notes: new Uint8Array([1]) }]) {
      expect(
        verdict(
          paper,
          rawChange(paper, actorOf(CLOUD), (draft) => Object.assign(draft, edit)),
        ),
      ).toBe('bad-content')
    }
    const fork = rawChange(paper, Automerge.getActorId(author.doc), (draft) => Object.assign(draft, { title: 'Other' }))
    paper.take(second)
    expect(verdict(paper, fork)).toBe('fork')
  })

  test('GOV-3 GOV-4 a changed byte anywhere, or any bytes at all, are refused or known', () => {
    const first = begun()
    const paper = copyOf(FLOOR, [first])
    const change = edited(copyOf(CLOUD, [first]), { title: 'A longer title, so that there is something to break', items: { c: item(3) } })
    for (let index = 0; index < change.length; index++) {
      const broken = change.slice()
      broken[index] = (broken[index] ?? 0) ^ 0x41
      expect(verdict(paper, broken)).toBe('bad-change')
      expect(verdict(paper, change.subarray(0, index))).toBe('bad-change')
    }
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 80 }), (bytes) => {
        expect(verdict(paper, bytes)).toBe('bad-change')
      }),
    )
  })
})

const patches: fc.Arbitrary<JsonObject> = fc.oneof(
  fc.record({ title: fc.constantFrom('A', 'B', 'C') }),
  fc.record({ notes: fc.constantFrom('one', 'two', 'one two', '') }),
  fc.record({
    items: fc.dictionary(fc.constantFrom('a', 'b', 'c'), fc.oneof(fc.constant(null), fc.nat(90).map(item)), { minKeys: 1, maxKeys: 2 }),
  }),
  fc.record({
    items: fc.dictionary(
      fc.constantFrom('a', 'b'),
      fc.record({ facility: fc.constant('harbour'), startAt: fc.nat(90), endAt: fc.nat(90) }),
      { minKeys: 1 },
    ),
  }),
)

test('I7 I8 SYN-9 whatever is edited wherever, every change passes every guard, any order ends in one content that fits, with one list of conflicts', () => {
  const steps = fc.array(fc.record({ node: fc.nat(2), patch: patches, learns: fc.boolean() }), { minLength: 1, maxLength: 14 })
  fc.assert(
    fc.property(steps, fc.infiniteStream(fc.nat(1_000)), (script, dice) => {
      const first = begun()
      const all: Uint8Array[] = [first]
      const papers = [0, 1, 2].map((node) => unwrap(loadPaper(NAME, clientIdOf(node + 1, 1 << 20), [first])))
      const rights = { ...RIGHTS, nodes: new Set([1, 2, 3]) }
      const learn = (paper: Paper): void => {
        for (const change of all)
          if (judgeChange(paper, change, rights).ok && !Automerge.hasHeads(paper.doc, [Automerge.decodeChange(change).hash]))
            paper.take(change)
      }
      for (const { node, patch, learns } of script) {
        const paper = papers[node]
        if (paper === undefined) continue
        if (learns) learn(paper)
        const change = paper.edit({ patch, by: `n${node}`, at: 1, message: '', isFacilitys: node === 0 })
        if (change.ok && change.value !== undefined) all.push(change.value)
      }
      for (const paper of papers) learn(paper)
      // Any order that keeps causes before effects: what is early is tried again.
      const late = openPaper(NAME, clientIdOf(9, 0))
      const left = [...all]
      while (left.length > 0) {
        const at = (dice.next().value ?? 0) % left.length
        const [change] = left.splice(at, 1)
        if (change === undefined) break
        const judged = judgeChange(late, change, rights)
        if (judged.ok) late.take(change)
        else left.push(change)
      }
      const expected = late.content
      expect(misfitsOf(NAME, expected)).toEqual([])
      for (const paper of papers) {
        expect(paper.version).toBe(late.version)
        expect(paper.content).toEqual(expected)
        expect(conflictsOf(paper)).toEqual(conflictsOf(late))
        expect(historyOf(paper)).toEqual(historyOf(late))
        expect(isJsonObject(settledContent(paper))).toBe(true)
      }
    }),
    { numRuns: 60, endOnFailure: true },
  )
})
