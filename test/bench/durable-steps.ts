/**
 * Durable steps a second, many workflows at once. A step counts when its function was called, its events lie in the log, and its caller was
 * answered after the sync. Turns gather what waits, so one sync serves many steps: the ratio says how many raw commits that is worth.
 */
import { withFolder } from './folder.ts'
import { Gateway, STEPS } from './gateway.ts'
import { type Measurement, timedAsync } from './measurement.ts'
import { RawCommits } from './raw-commits.ts'

export interface DurableStepsSize {
  readonly workflows: number
  readonly atOnce: number
  /** The work is cut into so many parts, with raw commits between them. */
  readonly parts: number
  readonly commitsPerPart: number
}

const FULL_SIZE: DurableStepsSize = { workflows: 1_000, atOnce: 200, parts: 4, commitsPerPart: 250 }

export const durableSteps = (size: DurableStepsSize = FULL_SIZE): Promise<Measurement> =>
  withFolder(async (folder) => {
    const gateway = await Gateway.open(folder)
    const raw = new RawCommits(folder)
    try {
      await runPart(gateway, raw, 'warm-up', size)
      let stepsMs = 0
      let commitsMs = 0
      for (let part = 0; part < size.parts; part += 1) {
        const took = await runPart(gateway, raw, `part ${part}`, size)
        stepsMs += took.stepsMs
        commitsMs += took.commitsMs
      }
      return measurementOf(size, stepsMs, commitsMs)
    } finally {
      raw.close()
      await gateway.close()
    }
  })

const runPart = async (gateway: Gateway, raw: RawCommits, name: string, { workflows, atOnce, parts, commitsPerPart }: DurableStepsSize) => {
  const keys = Array.from({ length: workflows / parts }, (_, number) => `${name} number ${number}`)
  const stepsMs = await timedAsync(() => gateway.runAll(keys, atOnce))
  let commitsMs = 0
  for (let commit = 0; commit < commitsPerPart; commit += 1) commitsMs += raw.commit()
  return { stepsMs, commitsMs }
}

const measurementOf = ({ workflows, atOnce, parts, commitsPerPart }: DurableStepsSize, stepsMs: number, commitsMs: number): Measurement => {
  const stepRate = (1_000 * workflows * STEPS) / stepsMs
  const commitRate = (1_000 * parts * commitsPerPart) / commitsMs
  return {
    name: 'durable-steps',
    value: stepRate,
    unit: 'steps/s',
    ratio: stepRate / commitRate,
    against: 'single-row durable commits a second of node:sqlite (WAL, synchronous=FULL), same folder, same run',
    detail: `${workflows} workflows of ${STEPS} steps, ${atOnce} at once; raw ${Math.round(commitRate)} commits/s`,
  }
}
