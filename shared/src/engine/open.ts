/**
 * Opening an engine: a new life on an old store. Recovery is loading (DESIGN §2.5): every open workflow is folded from its log, what it
 * wants is compared with what is there — nothing, after a crash — and mended.
 */
import type { Definition } from '../definition/definition.ts'
import type { Store } from '../ports/store.ts'
import { isJsonObject, type Json } from '../values/json.ts'
import { clientIdOf } from '../values/node-number.ts'
import { type Refusal, refusal } from '../values/refusal.ts'
import { err, ok, type Result } from '../values/result.ts'
import { ASKED } from './asked.ts'
import { unfitHere } from './callees.ts'
import { Catalogue, DEFINITIONS } from './catalogue.ts'
import { CHECKPOINTS } from './checkpoints.ts'
import type { EngineConfig } from './config.ts'
import { CONFLICTS } from './conflict-rows.ts'
import { CURSORS, type PeerCursor, parseCursor, REFUSALS, REJECTED } from './cursors.ts'
import { isDefinition, publishing, readPublished } from './definition-rows.ts'
import { Engine } from './engine.ts'
import { LEASES } from './leases/lease-rows.ts'
import { nextLife } from './life.ts'
import { NO_LIMITS } from './limits.ts'
import { PAPERS } from './paper-rows.ts'
import { standingPuts } from './rebuild.ts'
import { RESULTS, RESULTS_DUE } from './result-cache.ts'
import { ARCHIVED, ENDED, GONE } from './retired.ts'
import { rowsOf, unlessDamaged } from './rows.ts'
import { DOMAIN_RULES, restoreRules } from './rule-book.ts'
import { SCHEDULES } from './schedules/schedule.ts'
import { COUNTS, OPEN, type OpenRow, type OutcomeCount, parseCounts, parseOpenRow, STANDING_VERSION } from './standing.ts'
import { steadyClock } from './steady-clock.ts'
import { isSummary, type Summary, WORKFLOWS } from './summary.ts'
import { takeUpHome } from './take-up-home.ts'
import { GUESTS } from './texts.ts'
import { unmetNeeds } from './unmet.ts'

/** The collections an engine needs in its store. */
export const ENGINE_SCHEMAS = [
  { name: WORKFLOWS, indices: [] },
  { name: OPEN, indices: [] },
  { name: COUNTS, indices: [] },
  { name: ENDED, indices: [] },
  { name: ARCHIVED, indices: [] },
  { name: GONE, indices: [] },
  { name: ASKED, indices: [] },
  { name: CONFLICTS, indices: ['id', 'open'] },
  { name: DOMAIN_RULES, indices: [] },
  { name: CHECKPOINTS, indices: [] },
  { name: CURSORS, indices: [] },
  { name: GUESTS, indices: [] },
  { name: PAPERS, indices: [] },
  { name: REFUSALS, indices: ['peer'] },
  { name: REJECTED, indices: [] },
  { name: DEFINITIONS, indices: [] },
  { name: SCHEDULES, indices: [] },
  { name: RESULTS, indices: [] },
  { name: RESULTS_DUE, indices: [] },
  { name: LEASES, indices: [] },
  { name: 'node', indices: [] },
] as const

export interface Opened {
  readonly engine: Engine
  readonly life: number
  readonly recovered: number
  /** What could not be taken up again, and why; the rest goes on. */
  readonly problems: readonly string[]
}

export const openEngine = async (given: EngineConfig): Promise<Result<Opened, Refusal>> => {
  const config = { ...given, clock: steadyClock(given.clock) }
  const { store } = config
  const seen = await config.neighbours?.ends()
  const born = await store.get('node', 'life')
  const life = nextLife(lifeOf(born), config.clock.now().wall)
  const catalogue = new Catalogue()
  catalogue.published = await readPublished(store)
  const { stored, problems } = await loadDefinitions(config, catalogue)
  for (const definition of config.definitions) {
    const problem = unfitHere(config, definition) ?? catalogue.addAuthored(definition)
    if (problem !== undefined) problems.push(problem)
  }
  if (config.domainRules !== undefined) problems.push(...(await restoreRules(store, config.domainRules)))
  const fresh = catalogue.all().filter(({ hash }) => !stored.has(hash))
  const puts = fresh.map(({ hash, definition }) => ({ collection: DEFINITIONS, key: hash, value: plain(definition) }))
  const before = await readStanding(store)
  if (before.isDamaged) problems.push('rows that tell how workflows stand are damaged: they are drawn again from the workflows')
  const isSound = isJsonObject(born) && born.standing === STANDING_VERSION && !before.isDamaged
  const standing = isSound ? [] : await standingPuts(store)
  const beside = publishing(catalogue.published)
  const began = await store.commit({
    appends: [],
    puts: [
      ...(puts.length > 0 ? [...puts, beside.put] : []),
      ...standing,
      { collection: 'node', key: 'life', value: { life, standing: STANDING_VERSION } },
    ],
    removals: [],
    expected: new Map(),
    believed: config.neighbours === undefined ? [] : [beside.belief, { collection: 'node', key: 'life', value: born }],
  })
  // Another process that shares the store begins at the same time: no two lives have one number.
  if (!began.ok && began.error.code === 'row-mismatch') return openEngine(given)
  if (!began.ok) return err(refusal('ask-person', `store-${began.error.code}`, 'The store does not take the beginning of a new life.'))
  if (puts.length > 0) catalogue.published = beside.put.value
  const { open, counts } = isSound ? before : await readStanding(store)
  const cursors = new Map<string, PeerCursor>()
  for await (const { key, value } of rowsOf(store, CURSORS)) cursors.set(key, parseCursor(value))
  if (config.authority.homes.size > 0)
    for (const definition of config.definitions) problems.push(...unmetNeeds(config.limits ?? NO_LIMITS, definition))
  const epochOf = (home: string): number => config.authority.epochOf(home)
  const author = { node: config.node, clientId: clientIdOf(config.nodeNumber, config.random.u32()), epochOf, life }
  const engine = new Engine(config, author, catalogue, cursors, { counts, seen, waiting: await waitingRows(store, open) })
  for (const home of config.authority.homes) {
    engine.outlet.release.begin(home, await store.feedEnd(home))
    if (engine.authority.isAuthority(home)) await takeUpHome(engine, home)
  }
  const recovered = await recoverAll(engine, open, problems)
  engine.startRetention()
  engine.startFollowing()
  return ok({ engine, life, recovered, problems })
}

interface Standing {
  readonly open: ReadonlyMap<string, OpenRow>
  readonly counts: Map<string, OutcomeCount>
  readonly isDamaged: boolean
}

const readStanding = async (store: Store): Promise<Standing> => {
  const open = new Map<string, OpenRow>()
  const counts = new Map<string, OutcomeCount>()
  let isDamaged = false
  const onDamaged = (): void => {
    isDamaged = true
  }
  for await (const { key, value } of rowsOf(store, OPEN, onDamaged)) {
    const row = parseOpenRow(value)
    if (row !== undefined) open.set(key, row)
  }
  for await (const { key, value } of rowsOf(store, COUNTS, onDamaged)) counts.set(key, parseCounts(value))
  return { open, counts, isDamaged }
}

const waitingRows = async (store: Store, open: ReadonlyMap<string, OpenRow>): Promise<Summary[]> => {
  const waiting: Summary[] = []
  for (const [workflow, { waits }] of open) {
    const row = waits ? await unlessDamaged(store.get(WORKFLOWS, workflow)) : undefined
    if (isSummary(row)) waiting.push(row)
  }
  return waiting
}

/** @param open as they were before this life: what begins meanwhile is not taken for a thing of the last one */
const recoverAll = async (engine: Engine, open: ReadonlyMap<string, OpenRow>, problems: string[]): Promise<number> => {
  let recovered = 0
  for (const [workflow, { home, parked, wakeAt }] of open) {
    if (!engine.authority.isAuthority(home)) continue
    const failed = parked ? engine.recovery.park(workflow, wakeAt) : await engine.recovery.recover(workflow)
    if (failed === undefined) recovered += 1
    else problems.push(`${workflow}: ${failed.message}`)
  }
  return recovered
}

/** What earlier lives stored, under their hashes; one that was handed in as well is not compiled a second time. */
const loadDefinitions = async (
  { store, definitions }: EngineConfig,
  catalogue: Catalogue,
): Promise<{ readonly stored: ReadonlySet<string>; readonly problems: string[] }> => {
  const handedIn = new Map(definitions.map((definition) => [definition.hash, definition]))
  const stored = new Set<string>()
  const problems: string[] = []
  const onDamaged = (hash: string): void => void problems.push(`the stored definition ${hash} is damaged`)
  for await (const { key, value } of rowsOf(store, DEFINITIONS, onDamaged)) {
    stored.add(key)
    const known = handedIn.get(key)
    if (known !== undefined) catalogue.add(known)
    else {
      const problem = isDefinition(value) ? catalogue.addPlain(value) : 'a stored definition can not be read'
      if (problem !== undefined) problems.push(problem)
    }
  }
  return { stored, problems }
}

const lifeOf = (row: Json | undefined): number => (isJsonObject(row) && typeof row.life === 'number' ? row.life : 0)

const plain = (definition: Definition): Json => JSON.parse(JSON.stringify(definition))
