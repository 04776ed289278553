/** Platform timers overflow at 2³¹ ms (24.8 days) and then fire at once: longer waits are made of shorter ones. */
const LONGEST_TIMER_MS = 2 ** 31 - 1

/** Calls back once `performance.now()` has reached `until`; the returned function cancels it. */
export const waitLong = (until: number, callback: () => void): (() => void) => {
  let timer: ReturnType<typeof setTimeout>
  const arm = (): void => {
    const left = until - performance.now()
    // A timer may fire a little early by the monotonic clock; the port promises never to.
    if (left <= 0) callback()
    else timer = setTimeout(arm, Math.min(Math.ceil(left), LONGEST_TIMER_MS))
  }
  timer = setTimeout(arm, Math.min(Math.ceil(until - performance.now()), LONGEST_TIMER_MS))
  return () => clearTimeout(timer)
}
