import { storeContract } from '../../testing/store-contract.ts'
import { openMemoryStore } from './index.ts'

let opened = 0

storeContract('memory', {
  open: (schemas) => {
    opened += 1
    return openMemoryStore({ schemas, generation: `memory-${opened}` })
  },
})
