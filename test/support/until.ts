/** Waiting in tests: asked again and again, within a limit so generous that only what will never come exceeds it. */
import { until as wait } from '@holdfast/examples/story'

const LIMIT_MS = 45_000

export const until = <T>(what: string, ask: () => Promise<T | undefined | false> | T | undefined | false): Promise<T> =>
  wait(what, LIMIT_MS, async () => ask())
