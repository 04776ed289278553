/** A failing seed as text: what broke, under which knobs, the few faults it takes, the last that each node did, and how to see it again. */
import { minimise } from '@holdfast/shared/testing'
import { runSeed, type SeedResult } from './run.ts'
import { knobsJson } from './world/setup.ts'

const LAST_LINES = 40

export const reportOf = ({ world, violation }: SeedResult, lastLines = LAST_LINES): string => {
  const { setup, kernel } = world.frame
  return [
    `seed ${setup.seed} broke: ${violation?.invariant}`,
    `details: ${JSON.stringify(violation?.details, null, 1)}`,
    ...(violation?.stack === undefined ? [] : [violation.stack]),
    `knobs: ${knobsJson(setup)}`,
    ...[...world.hosts.keys(), ...world.agents.keys()].flatMap((node) => kernel.history.lines(node).slice(-lastLines)),
    `again: ${replayCommand(setup.seed)}`,
  ].join('\n')
}

export const briefOf = ({ world, violation }: SeedResult): string =>
  `seed ${world.frame.setup.seed}: ${violation?.invariant} ${JSON.stringify(violation?.details).slice(0, 400)}; ${replayCommand(world.frame.setup.seed)}`

const replayCommand = (seed: number): string => `npm run simulate -- --seed ${seed} --trace`

/** Ids of the few planned faults under which it still breaks. */
export const fewestFaults = async ({ world }: SeedResult): Promise<readonly string[]> => {
  const { seed, plan } = world.frame.setup
  const ids = plan.map(({ id }) => id)
  return minimise(ids, async (kept) => {
    const masked = new Set(ids.filter((id) => !kept.includes(id)))
    return (await runSeed(seed, { masked })).violation !== undefined
  })
}
