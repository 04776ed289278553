import { describe, expect, test } from 'vitest'
import { declare } from './declared.ts'

describe('names of collections and indices', () => {
  test.each([
    [
      'the same twice',
      [
        { name: 'tasks', indices: [] },
        { name: 'tasks', indices: [] },
      ],
    ],
    [
      'different by case only',
      [
        { name: 'tasks', indices: [] },
        { name: 'Tasks', indices: [] },
      ],
    ],
    ['an index twice', [{ name: 'tasks', indices: ['dueAt', 'dueat'] }]],
    ['a quote in a collection', [{ name: 'tasks"; DROP TABLE updates; --', indices: [] }]],
    ['a quote in an index', [{ name: 'tasks', indices: [`a"') --`] }]],
    ['a path in an index', [{ name: 'tasks', indices: ['a.b'] }]],
    ['no name', [{ name: '', indices: [] }]],
  ])('%s is refused', (_case, schemas) => expect(() => declare(schemas)).toThrow(TypeError))

  test('plain ones of either case are taken', () => {
    expect([...declare([{ name: 'home-documents_2', indices: ['dueAt', '_id'] }]).keys()]).toEqual(['home-documents_2'])
  })
})
