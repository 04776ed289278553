/**
 * One step, then a thousand at once, then one: how long from handing in the start to seeing the end. All items are called in one turn and
 * their ends come together, so it is the engine's own work that counts, not the disk's.
 */
import { withFolder } from './folder.ts'
import { Gateway } from './gateway.ts'
import { type Measurement, median, percentile, timedAsync } from './measurement.ts'
import { RawCommits } from './raw-commits.ts'

const DEFINITION = `
name: fan-out
version: 1
title: One, many, one
steps:
  prepare: {type: function, function: work}
  each: {type: map, over: input.items, each: {type: function, function: work}}
  collect: {type: function, function: work}
links:
  - {from: prepare, to: each}
  - {from: each, to: collect}
`

export interface FanOutSize {
  readonly items: number
  readonly warmUp: number
  readonly workflows: number
}

const FULL_SIZE: FanOutSize = { items: 1_000, warmUp: 3, workflows: 15 }

export const fanOut = ({ items, warmUp, workflows }: FanOutSize = FULL_SIZE): Promise<Measurement> =>
  withFolder(async (folder) => {
    const gateway = await Gateway.open(folder, DEFINITION)
    const raw = new RawCommits(folder)
    const input = { items: Array.from({ length: items }, (_, item) => item) }
    try {
      for (let number = 0; number < warmUp; number += 1) await gateway.run(`warm-up ${number}`, input)
      const tookMs: number[] = []
      const commitsMs: number[] = []
      for (let number = 0; number < workflows; number += 1) {
        commitsMs.push(raw.commit())
        tookMs.push(await timedAsync(() => gateway.run(`workflow ${number}`, input)))
      }
      return {
        name: 'fan-out',
        value: median(tookMs),
        unit: 'ms',
        ratio: median(tookMs) / median(commitsMs),
        against: 'median of one single-row durable commit of node:sqlite (WAL, synchronous=FULL), same folder, same run',
        detail: `1 → ${items} → 1; median; p90 ${percentile(tookMs, 0.9).toFixed(1)} ms; raw commit ${median(commitsMs).toFixed(3)} ms`,
      }
    } finally {
      raw.close()
      await gateway.close()
    }
  })
