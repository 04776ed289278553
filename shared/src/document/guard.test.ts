import { describe, expect, test } from 'vitest'
import * as Y from 'yjs'
import { editNotes, readFields, readNotes, setLabel, setTitle } from './fields.ts'
import { judgeUpdate } from './guard.ts'
import { from, gatewayRights, HEAD, household, TABLET, tabletRights, verdictOf } from './guard-test-support.ts'
import { openerElement } from './opener.ts'
import { waitingProposals } from './proposals.ts'
import { openReplica, type Replica } from './replica.ts'
import type { Rights } from './rights.ts'
import { readLog } from './segments.ts'
import { ALL_RIGHTS, clientOf, codeOf, entry, proposeOn, rawUpdate, replicaOf, successorOf, unwrap } from './test-support.ts'

const expectRefused = (hub: Replica, update: Uint8Array, rights: Rights, code: string): void => {
  expect(verdictOf(hub, update, rights)).toEqual({ code, unchanged: true })
}

describe('GOV-3 honest updates pass', () => {
  test('GOV-3 proposals, notes, title and labels of a tablet; turns of an authority', () => {
    const { hub, author, updates } = household()
    const tablet = replicaOf(clientOf(TABLET, 2), updates)
    const written = [
      proposeOn(tablet, 'tablet', 2),
      unwrap(setTitle(tablet, 'Unload')),
      unwrap(setLabel(tablet, 'dock', '7')),
      unwrap(editNotes(tablet, { at: 1, remove: 2, insert: '-' })),
    ]
    for (const update of written) {
      expect(judgeUpdate(hub, update, tabletRights)).toEqual({ ok: true, value: { hasNews: true } })
      hub.apply(update)
    }
    const turn = author.append([entry(3)], [waitingProposals(author.replica)[0]!.place])
    expect(judgeUpdate(hub, turn, gatewayRights)).toEqual({ ok: true, value: { hasNews: true } })
    hub.apply(turn)
    expect(readLog(hub).entries).toHaveLength(3)
    expect([readFields(hub).title, readNotes(hub)]).toEqual(['Unload', 'a-\u{fffd} b'])
  })

  test('SYN-3 a resend is known: it passes without news, whoever sends it', () => {
    const { hub, updates } = household()
    const nobody: Rights = { ...tabletRights, nodes: new Set(), mayPropose: false, mayWriteText: false }
    for (const update of [...updates, hub.encode()])
      expect(judgeUpdate(hub, update, nobody)).toEqual({ ok: true, value: { hasNews: false } })
  })

  test('a whole document, a repair delta, and merged updates of several writers pass', () => {
    const { hub, author, updates } = household()
    const turn = author.append([entry(3)], [waitingProposals(author.replica)[0]!.place])
    const delta = author.replica.encodeSince(hub.stateVector())
    for (const update of [author.replica.encode(), delta, Y.mergeUpdates([...updates, turn])]) {
      expect(codeOf(judgeUpdate(hub, update, gatewayRights))).toBe('ok')
    }
    expect(codeOf(judgeUpdate(openReplica(clientOf(100)), author.replica.encode(), gatewayRights))).toBe('ok')
  })

  test('writers that rest on each other, in one update, in turns', () => {
    const [one, two] = [openReplica(clientOf(1)), openReplica(clientOf(TABLET))]
    for (let n = 0; n < 50; n++) {
      two.apply(unwrap(editNotes(one, { at: n, remove: 0, insert: 'x' })))
      one.apply(unwrap(editNotes(two, { at: n, remove: 0, insert: 'y' })))
    }
    expect(codeOf(judgeUpdate(openReplica(clientOf(100)), one.encode(), gatewayRights))).toBe('ok')
  })
})

describe('D3 log segments', () => {
  test('the log is the authority’s alone, up to the epoch it was granted', () => {
    const { hub, author, updates } = household()
    const next = author.append([entry(3)])
    expectRefused(hub, next, { ...gatewayRights, authority: false }, 'forbidden-root')
    const usurper = successorOf(author, 9, 1, [...updates, next]).append([entry(4)])
    hub.apply(next)
    expectRefused(hub, usurper, { ...ALL_RIGHTS, maxEpoch: 1 }, 'epoch-not-granted')
    expect(codeOf(judgeUpdate(hub, usurper, ALL_RIGHTS))).toBe('ok')
  })

  test('insertions before the end, and a second writer at the end', () => {
    const { hub, author, updates } = household()
    const mid = rawUpdate(author.replica.clientId, [hub.encode()], (doc) => doc.getArray('log:1.1.0').insert(1, [entry(9)]))
    expectRefused(hub, mid, gatewayRights, 'mid-log-insert')
    const front = rawUpdate(author.replica.clientId, [hub.encode()], (doc) => doc.getArray('log:1.1.0').insert(0, [entry(9)]))
    expectRefused(hub, front, gatewayRights, 'mid-log-insert')
    const second = from(1, updates, (doc) => doc.getArray('log:1.1.0').push([entry(9)]))
    expectRefused(hub, second, gatewayRights, 'second-writer')
  })

  test('elements that are no arrays, segments without opener, segments too long', () => {
    const { hub, updates } = household()
    const opener = openerElement({ base: { segment: 'log:1.1.0', length: 3 }, head: HEAD })
    const long = Array.from({ length: 1024 }, (_, n) => [9, n])
    const open = (elements: unknown[]) => from(1, updates, (doc) => doc.getArray('log:1.9.0').push(elements))
    expectRefused(hub, open([opener, 'text']), gatewayRights, 'bad-content')
    expectRefused(hub, open([entry(1)]), gatewayRights, 'bad-opener')
    expectRefused(hub, open([[0, 'log:1.1.0', 0, HEAD]]), gatewayRights, 'bad-opener')
    expectRefused(hub, open([opener, ...long]), gatewayRights, 'segment-full')
    expect(codeOf(judgeUpdate(hub, open([opener, ...long.slice(1)]), gatewayRights))).toBe('ok')
  })

  test('D1 a base below what was acknowledged is refused; below a hub, what the hub accepted passes', () => {
    const { hub, updates } = household()
    const open = (segment: string | null, length: number) =>
      from(1, updates, (doc) => doc.getArray('log:2.9.0').push([[0, segment, length, HEAD], entry(1)]))
    expectRefused(hub, open('log:1.1.0', 2), gatewayRights, 'base-below-acknowledged')
    expectRefused(hub, open(null, 0), gatewayRights, 'base-below-acknowledged')
    expectRefused(hub, open('log:1.1.0', 4), gatewayRights, 'base-unknown')
    expectRefused(hub, open('log:7.7.7', 1), gatewayRights, 'base-unknown')
    const belowHub: Rights = { ...gatewayRights, acknowledged: new Map([['log:1.1.0', 2]]) }
    expect(codeOf(judgeUpdate(hub, open('log:1.1.0', 2), belowHub))).toBe('ok')
    expectRefused(hub, open('log:1.1.0', 1), belowHub, 'base-below-acknowledged')
  })

  test('D1 an old authority may still deliver what it wrote beyond a cut', () => {
    const { hub, author } = household()
    const heir = successorOf(author, 2, 1)
    const late = author.append([entry(100)])
    hub.apply(heir.append([entry(3)]))
    expect(codeOf(judgeUpdate(hub, late, { ...gatewayRights, maxEpoch: 1 }))).toBe('ok')
    hub.apply(late)
    expect(readLog(hub)).toMatchObject({
      entries: [entry(1), entry(2), entry(3)],
      cut: [{ segment: 'log:1.1.0', index: 3, entry: entry(100) }],
    })
  })
})

describe('G7 guests', () => {
  const GUEST = 4_000_000_000
  const guests: Rights = { ...tabletRights, nodes: new Set(), guests: new Set([GUEST]) }
  const typed = (edit: (doc: Y.Doc) => void): Uint8Array => rawUpdate(GUEST, household().updates, edit)

  test('GOV-3 G7 a guest let in writes notes and title, also as brought by its gateway; one not let in writes nothing', () => {
    const { hub } = household()
    const notes = typed((doc) => doc.getText('notes').insert(0, 'hi'))
    const title = typed((doc) => doc.getMap('fields').set('title', 'mine'))
    for (const update of [notes, title]) {
      for (const rights of [guests, { ...gatewayRights, guests: 'any' }] as const)
        expect(codeOf(judgeUpdate(hub, update, rights))).toBe('ok')
      for (const rights of [{ ...guests, guests: new Set([1]) }, gatewayRights]) expectRefused(hub, update, rights, 'foreign-client')
    }
  })

  test('GOV-3 G7 a guest’s id reaches neither log nor proposals, whoever brings it', () => {
    const { hub } = household()
    const proposal = typed((doc) => doc.getArray('proposals').push([{ journal: 'g', n: 1 }]))
    const segment = typed((doc) => doc.getArray('log:9.1.0').push([openerElement({ base: null, head: HEAD })]))
    for (const update of [proposal, segment]) {
      for (const rights of [guests, { ...gatewayRights, guests: 'any' }, ALL_RIGHTS] as const)
        expectRefused(hub, update, rights, 'forbidden-root')
    }
  })
})
