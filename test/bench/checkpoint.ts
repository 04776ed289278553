/**
 * A checkpoint of a workflow of fifty steps under way, from asking for it to its durable answer: the state of all steps, who has what, and the
 * entry in the log. Beside it, in turns with it, one durable commit of as many bytes as such a checkpoint takes.
 */
import type { Engine } from '@holdfast/shared/engine'
import { withFolder } from './folder.ts'
import { Gateway } from './gateway.ts'
import { type Measurement, median, percentile, timedAsync } from './measurement.ts'
import { RawCommits } from './raw-commits.ts'

export interface CheckpointSize {
  readonly steps: number
  readonly warmUp: number
  readonly checkpoints: number
}

const FULL_SIZE: CheckpointSize = { steps: 50, warmUp: 30, checkpoints: 200 }

export const checkpoint = (size: CheckpointSize = FULL_SIZE): Promise<Measurement> =>
  withFolder(async (folder) => {
    const gateway = await Gateway.open(folder, halfDone(size.steps))
    try {
      const halfWay = settled(gateway.engine, size.steps / 2)
      const workflow = await gateway.start('long')
      await halfWay
      for (let number = 0; number < size.warmUp; number += 1) await gateway.checkpoint(workflow, `warm-up ${number}`)
      const raw = new RawCommits(folder, await bytesOf(gateway.engine, workflow))
      try {
        return await measure(gateway, raw, workflow, size)
      } finally {
        raw.close()
      }
    } finally {
      await gateway.close()
    }
  })

const measure = async (gateway: Gateway, raw: RawCommits, workflow: string, size: CheckpointSize): Promise<Measurement> => {
  const tookMs: number[] = []
  const commitsMs: number[] = []
  for (let number = 0; number < size.checkpoints; number += 1) {
    commitsMs.push(raw.commit())
    tookMs.push(await timedAsync(() => gateway.checkpoint(workflow, `number ${number}`)))
  }
  return {
    name: 'checkpoint',
    value: median(tookMs),
    unit: 'ms',
    ratio: median(tookMs) / median(commitsMs),
    against: 'median of one durable commit of as many bytes by node:sqlite (WAL, synchronous=FULL), same folder, same run',
    detail: `${size.steps} steps, half of them done, ${raw.bytes} bytes; p90 ${percentile(tookMs, 0.9).toFixed(2)} ms; raw commit ${median(commitsMs).toFixed(3)} ms`,
  }
}

/** A row of steps, the first half at once, the second behind a signal that never comes. */
const halfDone = (count: number): string => {
  const ids = Array.from({ length: count }, (_, number) => `s${number}`)
  const kindOf = (number: number): string =>
    number === count / 2 ? '{type: wait, on: {kind: signal, signal: never}}' : '{type: function, function: work}'
  return [
    'name: long\nsteps:',
    ...ids.map((id, number) => `  ${id}: ${kindOf(number)}`),
    'links:',
    ...ids.slice(1).map((id, number) => `  - {from: ${ids[number]}, to: ${id}}`),
  ].join('\n')
}

/** Resolves when some workflow has so many steps behind it. */
const settled = (engine: Engine, steps: number): Promise<void> =>
  new Promise((resolve) => {
    const stop = engine.onCommitted(({ summaries }) => {
      if (!summaries.some(({ progress }) => progress.settled === steps)) return
      stop()
      resolve()
    })
  })

const bytesOf = async (engine: Engine, workflow: string): Promise<number> => {
  const unit = await engine.read(workflow)
  const position = unit.ok ? unit.value?.state?.checkpoints.at(-1)?.position : undefined
  const row = position === undefined ? undefined : await engine.register.checkpoint(workflow, position)
  if (row === undefined) throw new Error('there is no checkpoint')
  return Buffer.byteLength(JSON.stringify(row))
}
