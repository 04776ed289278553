import type { Random } from '../../ports/random.ts'

/** Web crypto, a run of numbers at a time. */
const drawn = new Uint32Array(64)
let used = drawn.length

export const browserRandom: Random = {
  u32: () => {
    if (used === drawn.length) {
      crypto.getRandomValues(drawn)
      used = 0
    }
    used += 1
    return drawn[used - 1] ?? 0
  },
}
