/** Whether all work has ended and everybody knows it; if not, what is still open, in words. */
import { isSummary, type Summary, WORKFLOWS } from '@holdfast/shared/engine'
import type { EngineHost } from './engine-host.ts'
import type { Gateway } from './gateway.ts'
import { CLOUD } from './setup.ts'
import type { World } from './world.ts'

export const stillOpen = async (world: World): Promise<readonly string[]> => [
  ...[...world.hosts.values()].flatMap(({ name, life, disk }) => (life === undefined || !disk.settled ? [`${name} is busy or down`] : [])),
  ...(await Promise.all(world.gateways.map((gateway) => openAt(world, gateway)))).flat(),
  ...world.gateways.flatMap(unsentAt),
  ...[...world.agents.values()].flatMap(({ spec, holding }) => (holding.length === 0 ? [] : [`${spec.agent} holds ${holding.join(', ')}`])),
]

const openAt = async (world: World, { home, host }: Gateway): Promise<readonly string[]> => {
  const [here, there] = await Promise.all([rowsOn(host), rowsOn(world.host(CLOUD))])
  const missing = [...world.frame.ledger.asked].filter(([id, at]) => at === home && !here.has(id) && !world.frame.ledger.erased.has(id))
  return [
    ...missing.map(([id]) => `${id} was never created at ${home}`),
    ...[...here.values()].flatMap((row) => [...unended(row), ...unequal(row, there.get(row.id))]),
  ]
}

const rowsOn = async ({ disk }: EngineHost): Promise<ReadonlyMap<string, Summary>> => {
  const rows = await disk.store.list(WORKFLOWS, { limit: Number.POSITIVE_INFINITY })
  return new Map(rows.flatMap(({ key, value }) => (isSummary(value) ? [[key, value]] : [])))
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
