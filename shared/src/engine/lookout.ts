/**
 * When a process looks what others have committed, besides before its own turns and reads: at a hint, and every `POLL_MS`, for hints may be
 * lost. A hint that comes while it looks is one more look, however many come.
 */
import type { Clock } from '../ports/clock.ts'
import type { Neighbours } from '../ports/neighbours.ts'

const POLL_MS = 2_000

/** @param look what fails is made good by the next time @returns what stops it */
export const keepLooking = (neighbours: Neighbours, clock: Clock, look: () => Promise<void>): (() => void) => {
  let isStopped = false
  let isLooking = false
  let isHinted = false
  let cancel = (): void => {}

  const lookNow = async (): Promise<void> => {
    isHinted = true
    if (isLooking) return
    isLooking = true
    while (isHinted && !isStopped) {
      isHinted = false
      await look().catch(() => {})
    }
    isLooking = false
  }
  const wait = (): void => {
    cancel = clock.after(POLL_MS, () => {
      wait()
      void lookNow()
    })
  }
  const stopHints = neighbours.onHint(() => void lookNow())
  wait()
  return () => {
    isStopped = true
    stopHints()
    cancel()
  }
}
