/**
 * What a parked workflow costs in memory, in bytes. A gateway parks them and ends; then processes are started on its store, and others on an
 * empty one, and what they hold in residence is compared: half of the workflows wait for a signal, half for a moment, and all have a timer.
 */
import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import { numberIn, runChild } from './child.ts'
import { withFolder } from './folder.ts'
import { type Measurement, median } from './measurement.ts'

export interface ParkedSize {
  readonly workflows: number
  readonly lives: number
}

const FULL_SIZE: ParkedSize = { workflows: 10_000, lives: 5 }

const open = (folder: string, workflows = 0): Promise<unknown> => runChild('parked-child.ts', [folder, `${workflows}`], ['--expose-gc'])

export const parkedMemory = ({ workflows, lives }: ParkedSize = FULL_SIZE): Promise<Measurement> =>
  withFolder((full) =>
    withFolder(async (empty) => {
      const parked = await open(full, workflows)
      const resident = { full: [] as number[], empty: [] as number[] }
      for (let life = 0; life < lives; life += 1) {
        const told = await open(full)
        if (numberIn(told, 'open') !== workflows) throw new Error('a new life does not know of all that is parked')
        resident.full.push(numberIn(told, 'residentBytes'))
        resident.empty.push(numberIn(await open(empty), 'residentBytes'))
      }
      const each = (median(resident.full) - median(resident.empty)) / workflows
      const onDisk = (await stat(join(full, 'gateway.sqlite'))).size / workflows
      return {
        name: 'parked-memory',
        value: each,
        unit: 'bytes each',
        ratio: each / onDisk,
        against: 'bytes that each takes in the store file',
        detail: `${workflows} parked; heap of the process that parked them grew by ${numberIn(parked, 'heapBytesEach').toFixed(0)} bytes each; on disk ${onDisk.toFixed(0)}`,
      }
    }),
  )
