/**
 * A gateway is started on a store that holds many workflows, most of them ended, a tenth parked: how long from the start of the process to the
 * durable end of its first new workflow. Beside it stands the same on an empty store: the ratio is what the many cost.
 */
import { numberIn, runChild } from './child.ts'
import { withFolder } from './folder.ts'
import { type Measurement, median } from './measurement.ts'

export interface StoreStartSize {
  readonly parked: number
  readonly ended: number
  readonly processes: number
}

const FULL_SIZE: StoreStartSize = { parked: 10_000, ended: 90_000, processes: 7 }

export const storeStart = ({ parked, ended, processes }: StoreStartSize = FULL_SIZE): Promise<Measurement> =>
  withFolder((full) =>
    withFolder(async (empty) => {
      const filled = await runChild('parked-child.ts', [full, `${parked}`, `${ended}`], ['--expose-gc'])
      const [open, completed] = [numberIn(filled, 'open'), numberIn(filled, 'completed')]
      if (open !== parked || completed !== ended) throw new Error(`the store holds ${open} open and ${completed} completed workflows`)
      const times = { full: [] as number[], empty: [] as number[] }
      for (let number = 0; number < processes; number += 1) {
        times.full.push(numberIn(await runChild('first-child.ts', [full, `first ${number}`]), 'doneMs'))
        times.empty.push(numberIn(await runChild('first-child.ts', [empty, `first ${number}`]), 'doneMs'))
      }
      return {
        name: 'store-start',
        value: median(times.full),
        unit: 'ms',
        ratio: median(times.full) / median(times.empty),
        against: 'the same on an empty store, same run',
        detail: `${parked + ended} workflows, ${parked} of them parked; empty ${median(times.empty).toFixed(0)} ms`,
      }
    }),
  )
