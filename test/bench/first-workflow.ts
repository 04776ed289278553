/**
 * From the start of a process to the durable end of its first workflow of five steps, on an empty store: modules read and their types
 * stripped, the store made, the definition compiled. What a process costs that does nothing stands beside it.
 */
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { numberIn, runChild } from './child.ts'
import { withFolder } from './folder.ts'
import { type Measurement, median, percentile } from './measurement.ts'

export interface FirstSize {
  readonly processes: number
}

const FULL_SIZE: FirstSize = { processes: 15 }

export const firstWorkflow = ({ processes }: FirstSize = FULL_SIZE): Promise<Measurement> =>
  withFolder(async (folder) => {
    const firstMs: number[] = []
    const nothingMs: number[] = []
    // The first process warms the file system's cache, and whatever cache of compiled code there is.
    for (let number = -1; number < processes; number += 1) {
      const own = join(folder, `process ${number}`)
      await mkdir(own)
      const first = numberIn(await runChild('first-child.ts', [own, 'first']), 'doneMs')
      const nothing = numberIn(await runChild('nothing-child.ts', []), 'doneMs')
      if (number < 0) continue
      firstMs.push(first)
      nothingMs.push(nothing)
    }
    return {
      name: 'first-workflow',
      value: median(firstMs),
      unit: 'ms',
      ratio: median(firstMs) / median(nothingMs),
      against: 'a process of the same Node that does nothing, from its start to its first line, same run',
      detail: `median; p90 ${percentile(firstMs, 0.9).toFixed(0)} ms; a process that does nothing ${median(nothingMs).toFixed(0)} ms`,
    }
  })
