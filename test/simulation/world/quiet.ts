/** Whether all work has ended and everybody knows it; if not, what is still open, in words. */
import type { Summary } from '@holdfast/shared/engine'
import type { Gateway } from './gateway.ts'
import { CLOUD } from './setup.ts'
import type { World } from './world.ts'

export const stillOpen = (world: World): readonly string[] => [
  ...[...world.hosts.values()].flatMap(({ name, life, disk }) => (life === undefined || !disk.settled ? [`${name} is busy or down`] : [])),
  ...world.gateways.flatMap((gateway) => [...openAt(world, gateway), ...unsentAt(gateway)]),
  ...[...world.agents.values()].flatMap(({ spec, holding }) => (holding.length === 0 ? [] : [`${spec.agent} holds ${holding.join(', ')}`])),
]

const openAt = (world: World, { home, host }: Gateway): readonly string[] => {
  const here = host.life?.engine
  const there = world.host(CLOUD).life?.engine
  const missing = [...world.frame.ledger.asked].filter(([id, at]) => at === home && here?.summary(id) === undefined)
  const rows = [...(here?.summaries() ?? [])]
  return [
    ...missing.map(([id]) => `${id} was never created at ${home}`),
    ...rows.flatMap((row) => [...unended(row), ...unequal(row, there?.summary(row.id))]),
  ]
}

const unended = ({ id, open, proposals, explain, status }: Summary): readonly string[] => [
  ...(open ? [`${id} is ${status}: ${explain}`] : []),
  ...(proposals > 0 ? [`${id} has ${proposals} proposals without a verdict`] : []),
]

const unequal = (here: Summary, there: Summary | undefined): readonly string[] =>
  here.head === there?.head && here.proposals === there.proposals
    ? []
    : [`${here.id} is another in the cloud: ${there?.length} of ${here.length}`]

const unsentAt = ({ home, uplink }: Gateway): readonly string[] => {
  const status = uplink()?.status
  return status?.state === 'live' && status.pending === 0 ? [] : [`the uplink of ${home} is ${status?.state}, ${status?.pending} pending`]
}
