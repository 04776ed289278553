/**
 * The process that the crash tests kill: commits without end, and writes a commit's number to standard output once its promise has
 * resolved, with a call that does not return before the pipe has it. A commit that fails is told as `! ⟨code⟩`, and tried again.
 *
 *   node crash-writer.ts ⟨path⟩ ⟨update bytes⟩
 */
import { writeSync } from 'node:fs'
import { append, batchOf, put } from '../../testing/store-contract/subject.ts'
import { openAt } from './fixture.ts'

const [path = '', updateBytes = '64'] = process.argv.slice(2)
const store = openAt(path)
let version = (await store.document('w_1'))?.version ?? 0

for (;;) {
  const update = new Uint8Array(Number(updateBytes)).fill(version & 0xff)
  const batch = { appends: [append('w_1', update), append(`w_${version % 7}x`, update)], puts: [put('last', version + 1)] }
  const result = await store.commit(batchOf({ ...batch, expected: [['w_1', version]] }))
  version = (await store.document('w_1'))?.version ?? 0
  writeSync(1, result.ok ? `${version}\n` : `! ${result.error.code} ${version}\n`)
}
