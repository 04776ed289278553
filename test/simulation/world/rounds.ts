/** Every facility makes its rounds: a workflow that nobody asks for but the clock, until faults have ended. */
import { Scheduler } from '@holdfast/shared/engine'
import type { Life } from './engine-host.ts'
import type { Frame } from './frame.ts'

const ROUNDS = 'rounds'
const EVERY_MS = 30_000

export const keepSchedule = (frame: Frame, home: string, life: Life): void => {
  keep(frame, home, life).catch((error: unknown) => {
    if (life.process.alive) frame.kernel.fail(error)
  })
}

const keep = async ({ isCalm }: Frame, home: string, { engine, store, clock, process }: Life): Promise<void> => {
  const scheduler = await Scheduler.open({ engine, store, clock })
  if (!process.alive) return
  if (isCalm()) return void (await scheduler.remove(ROUNDS))
  const timing = { kind: 'interval', everyMs: EVERY_MS, from: 0 } as const
  const spec = { id: ROUNDS, facility: home, definition: 'function-chain', version: 1, priority: 'low', missed: 'once', timing } as const
  await scheduler.create({ ...spec, input: { orderId: home } }, 'the house')
  scheduler.start()
  const stopWhenCalm = (): void => {
    if (isCalm()) void scheduler.close()
    else clock.after(EVERY_MS / 10, stopWhenCalm)
  }
  stopWhenCalm()
}
