/**
 * A node as a process: reads its configuration, starts, says so on standard output, and stops cleanly when asked.
 *
 *   exit 0    stopped as asked           exit 78   the configuration is wrong: every problem is told
 *   exit 1    it could not start         killed    nothing acknowledged is lost; the next start recovers
 */
import { flushCompileCache } from 'node:module'
import type { z } from 'zod'
import type { Refusal } from '../values/refusal.ts'
import type { Result } from '../values/result.ts'
import { ConfigError, EX_CONFIG, readConfig } from './config.ts'

export interface Running {
  readonly url: string
  close(): Promise<void>
}

/** @param start gives a running node, or why there is none; a thrown error counts as the latter */
export const runNode = async <Schema extends z.ZodType>(
  schema: Schema,
  arguments_: readonly string[],
  start: (config: z.infer<Schema>) => Promise<Result<Running, Refusal>>,
): Promise<void> => {
  const [flag, path] = arguments_
  if (flag !== '--config' || path === undefined) return complain(['usage: --config FILE'], 2)
  const config = readConfig(schema, path)
  if (!config.ok) return complain(config.error, EX_CONFIG)
  try {
    const running = await start(config.value)
    if (!running.ok) return complain([`${running.error.code}: ${running.error.message}`], 1)
    stopOnSignal(running.value)
    console.log(`ready ${running.value.url}`)
    // A process that is killed writes down nothing on its way out.
    flushCompileCache()
  } catch (thrown) {
    complain([thrown instanceof Error ? thrown.message : String(thrown)], thrown instanceof ConfigError ? EX_CONFIG : 1)
    // What was started before it went wrong must not keep the process: nothing was acknowledged yet.
    process.exit()
  }
}

const stopOnSignal = (running: Running): void => {
  let stopping = false
  const stop = (): void => {
    if (stopping) return
    stopping = true
    void running.close().then(() => process.exit(0))
  }
  process.once('SIGTERM', stop)
  process.once('SIGINT', stop)
}

const complain = (problems: readonly string[], code: number): void => {
  for (const problem of problems) console.error(problem)
  process.exitCode = code
}
