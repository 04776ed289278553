import { describe, expect, test } from 'vitest'
import { appendTurn } from './append.ts'
import { advanceHead, ZERO_HEAD } from './head.ts'
import { waitingProposals } from './proposals.ts'
import { loadReplica, openReplica } from './replica.ts'
import { endOf, readLog } from './segments.ts'
import { Author, clientOf, codeOf, entry, proposeOn, replicaOf, sameBytes, successorOf, unwrap } from './test-support.ts'

const turn = { epoch: 1, life: 1, head: ZERO_HEAD, entries: [entry(1)], judged: [] }

describe('appendTurn', () => {
  test('D5 a verdict and the removal of its proposal travel in one update', () => {
    const author = new Author(1, 1)
    const other = openReplica(clientOf(2))
    author.replica.apply(proposeOn(other, 'tablet', 1))
    author.replica.apply(proposeOn(other, 'tablet', 2))
    const [first] = waitingProposals(author.replica)
    other.apply(author.append([entry(1)], [first!.place]))
    expect(readLog(other).entries).toEqual([entry(1)])
    expect(waitingProposals(other)).toMatchObject([{ proposal: { n: 2 } }])
  })

  test('a removal alone opens no segment, and an empty turn is an empty update', () => {
    const author = new Author(1, 1)
    proposeOn(author.replica, 'own', 1)
    author.append([], [waitingProposals(author.replica)[0]!.place])
    expect(waitingProposals(author.replica)).toEqual([])
    expect(readLog(author.replica).segments).toEqual([])
    expect(sameBytes(author.append([]), new Uint8Array([0, 0]))).toBe(true)
  })

  test('the same life goes on in its segment after the document was unloaded and loaded again', () => {
    const author = new Author(1, 1)
    author.append([entry(1)])
    const again = new Author(1, 1, unwrap(loadReplica(author.replica.clientId, author.updates)))
    again.head = author.head
    const update = again.append([entry(2)])
    expect(again.replica.doc.clientID).toBe(author.replica.clientId)
    expect(readLog(replicaOf(clientOf(9), [...author.updates, update]))).toMatchObject({
      entries: [entry(1), entry(2)],
      segments: ['log:1.1.0'],
    })
  })

  test('D1 refuses `fenced` once a later epoch, or another life of the same epoch, has continued the log', () => {
    const old = new Author(1, 1)
    old.append([entry(1)])
    const clone = successorOf(old, 1, 2)
    const heir = successorOf(old, 2, 1)
    old.replica.apply(clone.append([entry(2)]))
    const before = old.replica.encode()
    expect(codeOf(appendTurn(old.replica, turn))).toBe('fenced')
    old.replica.apply(heir.append([entry(2)]))
    expect(codeOf(appendTurn(old.replica, { ...turn, life: 3 }))).toBe('fenced')
    expect(readLog(replicaOf(clientOf(9), [before])).entries).toEqual([entry(1), entry(2)])
  })

  test('D1e refuses `log-incomplete` while part of the log is missing here', () => {
    const first = new Author(1, 1)
    const opening = first.append([entry(1)])
    first.append([entry(2)])
    const second = successorOf(first, 1, 2)
    const replica = replicaOf(clientOf(3), [opening, second.append([entry(3)])])
    expect(codeOf(appendTurn(replica, { ...turn, epoch: 3 }))).toBe('log-incomplete')
  })

  test.each([
    ['forbidden-key', JSON.parse('{"a":{"__proto__":{"polluted":1}}}')],
    ['bad-content', 'half \ud800'],
    ['bad-content', Number.NaN],
    ['bad-content', { '\udfff': 1 }],
    ['too-deep', Array.from({ length: 100 }).reduce((inner) => [inner], 0)],
  ])('refuses %s, which would not read back the same, and changes nothing', (code, content) => {
    const replica = openReplica(clientOf(1))
    expect(codeOf(appendTurn(replica, { ...turn, entries: [entry(1), [9, content]] }))).toBe(code)
    expect(sameBytes(replica.encode(), new Uint8Array([0, 0]))).toBe(true)
  })

  test('returns the head over all elements, openers included, and the position it ends at', () => {
    const replica = openReplica(clientOf(1))
    const { head, position } = unwrap(appendTurn(replica, turn))
    expect(head).toEqual(advanceHead(ZERO_HEAD, replica.doc.getArray<readonly []>('log:1.1.0').toArray()))
    expect(position).toEqual(endOf(replica))
  })
})

describe('loadReplica', () => {
  test('in any order; what rests on missing updates is corrupt', () => {
    const author = new Author(1, 1)
    for (let n = 0; n < 4; n++) author.append([entry(n)])
    const [first, ...others] = author.updates
    expect(readLog(unwrap(loadReplica(1, author.updates.toReversed()))).entries).toHaveLength(4)
    expect(codeOf(loadReplica(1, others))).toBe('document-corrupt')
    expect(codeOf(loadReplica(1, [first!.slice(0, -3)]))).toBe('document-corrupt')
  })
})
