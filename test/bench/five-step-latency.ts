/**
 * How long one workflow of five steps takes alone, from handing in its start to seeing its end. Nothing shares its turns, so it pays every
 * sync itself: one for its creation and one for each step.
 */
import { withFolder } from './folder.ts'
import { Gateway } from './gateway.ts'
import { type Measurement, median, percentile, timedAsync } from './measurement.ts'
import { RawCommits } from './raw-commits.ts'

export interface LatencySize {
  readonly warmUp: number
  readonly workflows: number
}

const FULL_SIZE: LatencySize = { warmUp: 200, workflows: 400 }

export const fiveStepLatency = ({ warmUp, workflows }: LatencySize = FULL_SIZE): Promise<Measurement> =>
  withFolder(async (folder) => {
    const gateway = await Gateway.open(folder)
    const raw = new RawCommits(folder)
    try {
      for (let number = 0; number < warmUp; number += 1) await gateway.run(`warm-up ${number}`)
      const latenciesMs: number[] = []
      const commitsMs: number[] = []
      for (let number = 0; number < workflows; number += 1) {
        commitsMs.push(raw.commit())
        latenciesMs.push(await timedAsync(() => gateway.run(`workflow ${number}`)))
      }
      return measurementOf(latenciesMs, commitsMs)
    } finally {
      raw.close()
      await gateway.close()
    }
  })

const measurementOf = (latenciesMs: readonly number[], commitsMs: readonly number[]): Measurement => ({
  name: 'five-step-latency',
  value: median(latenciesMs),
  unit: 'ms',
  ratio: median(latenciesMs) / median(commitsMs),
  against: 'median of one single-row durable commit of node:sqlite (WAL, synchronous=FULL), same folder, same run; a workflow needs six',
  detail: `median; p90 ${percentile(latenciesMs, 0.9).toFixed(2)} ms; raw commit ${median(commitsMs).toFixed(3)} ms`,
})
