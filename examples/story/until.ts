import { setTimeout as sleep } from 'node:timers/promises'

/** Asks again and again until there is an answer; gives up with a sentence that says what was waited for. */
export const until = async <T>(what: string, limitMs: number, ask: () => Promise<T | undefined | false>): Promise<T> => {
  const giveUpAt = performance.now() + limitMs
  for (;;) {
    const answer = await ask()
    if (answer !== undefined && answer !== false) return answer
    if (performance.now() > giveUpAt) throw new Error(`waited ${limitMs / 1000} s in vain for ${what}`)
    await sleep(100)
  }
}
