/** What must hold when the story is over. Each check is a sentence, and true or not. */
import { existsSync, readFileSync } from 'node:fs'
import type { Detail, Summary } from './client.ts'
import { FACILITIES } from './facilities.ts'
import { expectedEnd, idOf } from './orders.ts'
import type { Cast, CutScene, HealScene, KillScene, Stage, Taken } from './scenes.ts'
import { type Deed, deed } from './settings.ts'

export interface Check {
  readonly what: string
  readonly held: boolean
  /** Why not, or by how much. */
  readonly found: string
}

export interface Told {
  readonly taken: Taken
  readonly cast: Cast
  readonly cut: CutScene
  readonly heal: HealScene
  readonly kill: KillScene
}

export interface Ending {
  /** As the cloud sees them, by id. */
  readonly summaries: ReadonlyMap<string, Summary>
  readonly cloud: ReadonlyMap<string, Detail>
  readonly facilities: ReadonlyMap<string, Detail>
  readonly deeds: readonly Deed[]
}

export const readEnding = async ({ cloud, at, site }: Stage): Promise<Ending> => {
  const summaries = new Map((await cloud.list()).map((summary) => [summary.id, summary]))
  const seen = new Map<string, Detail>()
  const facilities = new Map<string, Detail>()
  for (const id of summaries.keys()) seen.set(id, await cloud.get(id))
  for (const { id: facility } of FACILITIES) for (const { id } of await at(facility).list()) facilities.set(id, await at(facility).get(id))
  return { summaries, cloud: seen, facilities, deeds: site.effectLogs().flatMap(readDeeds) }
}

const readDeeds = (path: string): readonly Deed[] => {
  if (!existsSync(path)) return []
  const lines = readFileSync(path, 'utf8').split('\n')
  return lines.filter((line) => line !== '').map((line) => deed.parse(JSON.parse(line)))
}

export const check = (seed: string, told: Told, ending: Ending): readonly Check[] => [
  refusedAsExpected(told.taken),
  endedAsExpected(seed, told, ending),
  lateCancelKept(told, ending),
  cancelInTime(told, ending),
  hurried(told, ending),
  wasBusy(told),
  acknowledgedExist(told, ending),
  nothingTwice(ending),
  everythingDone(ending),
  sameEverywhere(ending),
]

const verdictOf = (what: string, problems: readonly string[], good: string): Check => ({
  what,
  held: problems.length === 0,
  found: problems.length === 0 ? good : problems.slice(0, 5).join('; '),
})

const MALFORMED = 8

const refusedAsExpected = ({ refused }: Taken): Check => {
  const problems = refused.filter(({ status, why }) => status !== 422 || why === '').map(({ order }) => order.key)
  if (refused.length !== MALFORMED) problems.push(`${refused.length} were refused, not ${MALFORMED}`)
  return verdictOf('malformed orders are refused with a reason, the rest goes on', problems, `${refused.length} refused`)
}

const endedAsExpected = (seed: string, { taken, cast, cut, kill }: Told, { summaries }: Ending): Check => {
  const orders = [...taken.accepted, ...cut.walkIns, ...kill.acknowledged]
  const problems: string[] = []
  for (const order of orders) {
    const expected = order === cast.held ? 'cancelled' : expectedEnd(seed, order)
    const status = summaries.get(idOf(order))?.status
    if (status !== expected) problems.push(`${order.key} ended ${status ?? 'nowhere'}, not ${expected}`)
  }
  return verdictOf('every workflow ends as its seed says', problems, `${orders.length} workflows`)
}

const lateCancelKept = ({ heal, cast }: Told, { summaries }: Ending): Check => {
  const problems: string[] = []
  const verdict = heal.gone.verdicts.at(-1)
  if (verdict?.code !== 'too-late' || verdict.accepted) problems.push(`the verdict was ${verdict?.code}`)
  if (heal.gone.conflictList.at(-1)?.choice !== 'keep') problems.push('no conflict was recorded, or it was not kept')
  const followUp = [...summaries.values()].find(({ key }) => key === `${idOf(cast.gone)}.late-cancel`)
  if (followUp?.status !== 'completed') problems.push(`its return is ${followUp?.status ?? 'missing'}`)
  return verdictOf(`${cast.gone.key}, cancelled too late, is kept and a return is arranged`, problems, verdict?.explanation ?? '')
}

const cancelInTime = ({ heal, cast }: Told, { cloud }: Ending): Check => {
  const problems: string[] = []
  const verdict = heal.held.verdicts.at(-1)
  const end = cloud.get(idOf(cast.held))
  if (verdict?.accepted !== true) problems.push(`the verdict was ${verdict?.code}`)
  const picks = end?.steps.filter(({ id }) => id === 'pack' || id.startsWith('pick/')) ?? []
  if (picks.length < 2 || picks.some(({ status }) => status !== 'compensated')) problems.push('not everything that was done was undone')
  return verdictOf(`${cast.held.key}, cancelled in time, is undone`, problems, end?.explain ?? '')
}

const hurried = ({ heal, cast }: Told, { cloud }: Ending): Check => {
  const end = cloud.get(idOf(cast.hurried))
  const problems =
    heal.hurried.verdicts.at(-1)?.accepted === true && end?.priority === 'critical' ? [] : [`its priority is ${end?.priority}`]
  return verdictOf(`${cast.hurried.key}, hurried while cut off, is hurried`, problems, 'critical')
}

/** A line cut while nothing waits, or a gateway killed while nothing is open, proves nothing. */
export const wasBusy = ({ cut, kill }: Pick<Told, 'cut' | 'kill'>): Check => {
  const problems: string[] = []
  if (cut.pendingAtHeal === 0) problems.push('nothing waited to be told when the line came back')
  if (kill.openAtKill === 0) problems.push('no workflow was open at the kill')
  return verdictOf(
    'the cut and the kill met work under way',
    problems,
    `${cut.pendingAtHeal} updates pending at the heal, ${kill.openAtKill} workflows open at the kill`,
  )
}

const acknowledgedExist = ({ kill, cut }: Told, { facilities }: Ending): Check => {
  const acknowledged = [...kill.acknowledged, ...cut.walkIns]
  const problems = acknowledged.filter((order) => !facilities.has(idOf(order))).map(({ key }) => `${key} is lost`)
  return verdictOf(
    'nothing acknowledged is lost',
    problems,
    `${acknowledged.length} acknowledged by gateways, ${kill.openAtKill} open at the kill`,
  )
}

/** An inspection may be made again when the first did not pass; any other step is done once. */
const REPEATABLE = 'quality-check'

const nothingTwice = ({ deeds }: Ending): Check => {
  const tasks = new Set<string>()
  const steps = new Set<string>()
  const problems: string[] = []
  for (const { task, workflow, step, purpose } of deeds) {
    const name = `${workflow} ${purpose} ${step}`
    if (tasks.has(task) || (step !== REPEATABLE && steps.has(name))) problems.push(`${name} was done twice`)
    tasks.add(task)
    steps.add(name)
  }
  return verdictOf('nothing is done twice', problems, `${deeds.length} deeds in the agents' own logs`)
}

/** Every task that a facility's log calls done has a deed, and every undone one a second deed. */
const everythingDone = ({ deeds, facilities }: Ending): Check => {
  const done = new Set(deeds.map(({ workflow, step, purpose }) => `${workflow} ${purpose} ${step}`))
  const problems: string[] = []
  for (const [id, { steps, key }] of facilities) {
    for (const step of steps) {
      if (step.type !== 'task') continue
      const did = step.status === 'succeeded' || step.status === 'compensated'
      if (did && !done.has(`${id} forward ${step.id}`)) problems.push(`${step.id} of ${key} was never done`)
      if (step.status === 'compensated' && !done.has(`${id} compensate ${step.id}`)) problems.push(`${step.id} of ${key} was never undone`)
    }
  }
  return verdictOf('what the logs call done was done', problems, `${facilities.size} workflows compared`)
}

const sameEverywhere = ({ cloud, facilities }: Ending): Check => {
  const problems: string[] = []
  for (const [id, { key, log }] of facilities) {
    const copy = cloud.get(id)?.log
    if (copy?.length !== log.length || copy.head !== log.head) problems.push(`${key}: ${copy?.length ?? 0} of ${log.length} entries`)
  }
  if (cloud.size !== facilities.size) problems.push(`${cloud.size} workflows in the cloud, ${facilities.size} at the facilities`)
  return verdictOf('cloud and facilities hold the same logs, hash by hash', problems, `${facilities.size} logs`)
}
