import { describe, expect, test } from 'vitest'
import { alongBranch, branches } from './branch.ts'
import { readLog } from './segments.ts'
import { Author, entry, successorOf } from './test-support.ts'

const numbers = (all: readonly { readonly entry: readonly unknown[] }[]): unknown[] => all.map(({ entry: [, n] }) => n)

describe('D1 what lies beyond a cut', () => {
  const old = new Author(1, 1)
  old.append([entry(1), entry(2)])
  const next = successorOf(old, 2, 1)
  old.append([entry(3), entry(4)])
  const later = successorOf(old, 1, 2)
  later.append([entry(5)])
  next.append([entry(20)])
  for (const update of [...old.updates, ...later.updates]) next.replica.apply(update)

  test('D1f each segment that has such entries is a branch, with how much of the log it shares', () => {
    expect(numbers(readLog(next.replica).entries.map((each) => ({ entry: each })))).toEqual([1, 2, 20])
    expect(branches(next.replica)).toEqual([
      { segment: 'log:1.1.0', from: 3, last: 4, shared: 2 },
      { segment: 'log:1.2.0', from: 1, last: 1, shared: 2 },
    ])
    expect(branches(old.replica)).toEqual([])
  })

  test('D1f it is read from the beginning, as its writer saw it', () => {
    expect(numbers(alongBranch(next.replica, 'log:1.2.0'))).toEqual([1, 2, 3, 4, 5])
    expect(alongBranch(next.replica, 'log:1.1.0').map(({ segment, index }) => `${segment}/${index}`)).toEqual([
      'log:1.1.0/1',
      'log:1.1.0/2',
      'log:1.1.0/3',
      'log:1.1.0/4',
    ])
  })
})
