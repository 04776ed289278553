/**
 * A campaign in as many processes as there are cores. Each takes every n-th seed, tells at once what broke, and at its end what its seeds
 * add up to; seeds know nothing of each other, so the sum is the same in one process and in ten.
 */
import { type ChildProcess, fork } from 'node:child_process'
import { availableParallelism } from 'node:os'
import { fileURLToPath } from 'node:url'
import { Campaign, type CampaignTotals } from '@holdfast/shared/testing'
import { runCampaign } from './campaign.ts'
import { REQUIRED_PATHS } from './checks/paths.ts'
import { reportOf } from './report.ts'

/** What is left of a seed that broke, when it has been told in full. */
export interface Broken {
  readonly seed: number
  readonly invariant: string
}

export interface Sum {
  readonly campaign: Campaign
  readonly broken: readonly Broken[]
  readonly unsteady: readonly number[]
}

interface Part {
  readonly totals: CampaignTotals
  readonly broken: readonly Broken[]
  readonly unsteady: readonly number[]
}

const MAIN = fileURLToPath(new URL('main.ts', import.meta.url))

export const processesFor = (seeds: number): number => Math.max(1, Math.min(seeds, availableParallelism()))

export const runInProcesses = async (seeds: readonly number[], processes: number): Promise<Sum> => {
  if (processes === 1) return sumOf([await runPart(seeds)])
  const share = (index: number): readonly number[] => seeds.filter((_, n) => n % processes === index)
  return sumOf(await Promise.all(Array.from({ length: processes }, (_, index) => partInChild(share(index)))))
}

/** What a child does: its seeds come with the first message, its part goes back with the last. */
export const serveParent = (): void => {
  process.once('message', async (seeds: readonly number[]) => {
    process.send?.(await runPart(seeds))
    process.disconnect()
  })
}

const runPart = async (seeds: readonly number[]): Promise<Part> => {
  const { campaign, failed, unsteady } = await runCampaign(seeds, (result) => {
    if (result.violation !== undefined) console.log(`${reportOf(result)}\n`)
  })
  const broken = failed.map(({ world, violation }) => ({ seed: world.frame.setup.seed, invariant: violation?.invariant ?? '' }))
  return { totals: campaign.totals, broken, unsteady }
}

const partInChild = (seeds: readonly number[]): Promise<Part> => {
  const child: ChildProcess = fork(MAIN, ['--child'])
  const { promise, resolve, reject } = Promise.withResolvers<Part>()
  child.once('message', (part: Part) => resolve(part))
  child.once('error', reject)
  child.once('exit', (code, signal) =>
    reject(new Error(`a process of the campaign ended with ${signal ?? code} before it had told its part`)),
  )
  child.send(seeds)
  return promise
}

const sumOf = (parts: readonly Part[]): Sum => {
  const campaign = new Campaign(REQUIRED_PATHS)
  for (const { totals } of parts) campaign.absorb(totals)
  return {
    campaign,
    broken: parts.flatMap((part) => part.broken).sort((one, other) => one.seed - other.seed),
    unsteady: parts.flatMap((part) => part.unsteady),
  }
}
