/** node first-child.ts ⟨folder⟩ ⟨key⟩: a gateway's core started on that folder's store; ends when its first workflow has. */
import { Gateway } from './gateway.ts'

const [folder = '', key = ''] = process.argv.slice(2)
const gateway = await Gateway.open(folder)
await gateway.run(key)
const doneMs = performance.now()
await gateway.close()
console.log(JSON.stringify({ doneMs }))
