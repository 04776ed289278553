import type { LinkCaller } from '@holdfast/shared/engine'
import type { Clock } from '@holdfast/shared/ports'

/** Tells when what was answered had been asked. */
export const timed = (inner: LinkCaller, clock: Clock, answered: (sentAt: number) => void): LinkCaller => ({
  call: async (...asked) => {
    const sentAt = clock.now().monotonic
    const answer = await inner.call(...asked)
    if (answer.ok) answered(sentAt)
    return answer
  },
})
