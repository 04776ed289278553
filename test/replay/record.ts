/**
 * Records histories that are not there yet; run it when a kind of event was added, and commit what it wrote:
 *
 *   node test/replay/record.ts
 *
 * Each comes from a seeded random world; a seed is kept when its log holds an event that no history held before.
 */
import { existsSync, writeFileSync } from 'node:fs'
import { judge } from '../../shared/src/conflict/index.ts'
import { foldRoster } from '../../shared/src/engine/roster.ts'
import { Prng } from '../../shared/src/testing/prng.ts'
import { EMPTY_CONTEXT, encodeEntry, eventLayouts, evolve, type LogEntry } from '../../shared/src/workflow/index.ts'
import { randomDefinition } from '../../shared/src/workflow/random-definition-support.ts'
import { World } from '../../shared/src/workflow/random-support.ts'
import { define, Run, TASK } from '../../shared/src/workflow/test-support.ts'
import { runSeed } from '../simulation/run.ts'
import { brokenLayouts, FOLDER, type History, histories, plain, recordedLayouts, writeLayouts } from './history.ts'

const LONGEST = 150

const coded = (entries: readonly LogEntry[]): History['log'] => {
  let context = EMPTY_CONTEXT
  return entries.map((entry) => {
    const encoded = encodeEntry(entry, context)
    context = encoded.context
    return encoded.coded
  })
}

const save = (name: string, about: string, entries: readonly LogEntry[], state: unknown, fold?: 'home'): void => {
  const file = new URL(`${name}.json`, FOLDER)
  if (existsSync(file)) return
  const lines = coded(entries).map((entry) => `    ${JSON.stringify(entry)}`)
  const [log, meant] = [`[\n${lines.join(',\n')}\n  ]`, JSON.stringify(plain(state))]
  const whose = fold === undefined ? '' : `\n  "fold": ${JSON.stringify(fold)},`
  writeFileSync(file, `{\n  "about": ${JSON.stringify(about)},${whose}\n  "log": ${log},\n  "state": ${meant}\n}\n`)
}

const lateCancel = (): void => {
  const definition = define({
    steps: { pack: TASK, ship: TASK, bill: TASK },
    links: [
      { from: 'pack', to: 'ship' },
      { from: 'ship', to: 'bill' },
    ],
    cancel: { pointOfNoReturn: 'ship', late: { outcome: 'keep', start: { definition: 'return-goods', input: { order: 'input.order' } } } },
  })
  const run = new Run(definition, { order: 7 })
  run.done('pack')
  const seen = run.log.length
  run.done('ship', { crate: 3 })
  const proposal = { journal: 'cloud.1', n: 1, by: 'bob', reason: 'customer called', basisLength: seen }
  const judged = judge(
    definition,
    run.id,
    run.state,
    { ...proposal, content: { type: 'cancel', reason: 'x' } },
    { wall: 9_000, monotonic: 0 },
  )
  if (judged === undefined) throw new Error('not judged')
  const started: LogEntry = { at: 9_500, by: 'gateway', event: { type: 'follow-up-started', key: `${run.id}.late-cancel`, workflow: 'w' } }
  const followUps = judged.state.followUps.map((followUp) => ({ ...followUp, workflow: 'w' }))
  const state = { ...judged.state, followUps, length: judged.state.length + 1, lastAt: 9_500 }
  save('late-cancel', 'a cancel that came too late, kept, and dealt with by a follow-up', [...run.log, ...judged.entries, started], state)
}

const settledConflict = (): void => {
  const definition = define({ steps: { pack: { ...TASK, compensate: 'unpack' } }, compensations: { unpack: TASK } })
  const run = new Run(definition)
  run.begin('pack')
  run.put({ type: 'terminate', reason: 'fire alarm' })
  run.succeed('pack', { crate: 3 })
  const [conflict] = run.state.conflicts
  run.put({ type: 'resolve', conflict: conflict?.id ?? '', option: 'keep', comment: 'it may stay packed', roles: [] }, 'bob')
  save('settled-conflict', 'work that was done after the end, and what a person chose', run.log, run.state)
}

const handedOver = (): void => {
  const log: readonly LogEntry[] = [
    { at: 1_000, by: 'r1', event: { type: 'agent-registered', agent: 'r1', kind: 'robot', capabilities: ['lift'], capacity: 1 } },
    { at: 1_000, by: 'r1', event: { type: 'agent-came', agent: 'r1' } },
    { at: 2_000, by: 'ann', event: { type: 'handed-over', epoch: 1, to: 'spare-gateway' } },
  ]
  save('handed-over', 'a home whose authority handed it over', log, folded(log, foldRoster), 'home')
}

const newVersion = (): void => {
  const each = { type: 'function', function: 'f' }
  const first = define({
    version: 1,
    steps: { pick: TASK, lines: { type: 'map', over: 'input.lines', each }, ship: TASK },
    links: [
      { from: 'pick', to: 'lines' },
      { from: 'lines', to: 'ship' },
    ],
  })
  const second = define({
    version: 2,
    steps: { send: TASK, weigh: TASK, lines: { type: 'map', over: 'input.lines', each }, pick: TASK },
    links: [
      { from: 'pick', to: 'lines' },
      { from: 'lines', to: 'weigh' },
      { from: 'weigh', to: 'send' },
    ],
  })
  const run = new Run(first, { lines: [1, 2] })
  run.node = { definitionOf: (hash) => (hash === second.hash ? second : undefined) }
  run.done('pick')
  for (const item of ['lines/0', 'lines/1']) run.succeed(item)
  run.put({ type: 'migrate', definition: second.hash, mapping: { ship: 'send' } })
  run.follow(second)
  run.done('weigh')
  save('new-version', 'moved to another version, with a map that was done', run.log, run.state)
}

/** Codes that some history holds already. */
const held = new Set([...histories().values()].flatMap(({ log }) => log.map(([code]) => code)))

const missing = (): readonly string[] => eventLayouts().flatMap(({ code, type }) => (held.has(code) ? [] : [type]))

/** A log that holds an event which no history held before, as far as its last one of those. */
const keep = (name: string, entries: readonly LogEntry[], stateAt: (length: number) => unknown, fold?: 'home'): void => {
  const codes = coded(entries).map(([code]) => code)
  const length = 1 + codes.findLastIndex((code, place) => !held.has(code) && codes.indexOf(code) === place)
  if (length === 0 || length > LONGEST) return
  const fresh = [...new Set(codes.slice(0, length))].filter((code) => !held.has(code))
  for (const code of fresh) held.add(code)
  save(
    `${name}-from-${fresh[0]}`,
    `${fold ?? 'workflow'}, with event codes ${fresh.join(', ')}`,
    entries.slice(0, length),
    stateAt(length),
    fold,
  )
}

/** Workflows among random agents and meddling people. */
const randomWorlds = (): void => {
  for (let seed = 0; seed < 300; seed += 1) {
    const definition = randomDefinition(new Prng(`definition ${seed}`), 3 + (seed % 10))
    const world = new World({ definition, seed, dice: new Prng(`world ${seed}`) }, { interference: 0.1, maxMoves: 4_000 })
    world.live()
    world.aftermath()
    keep(`seed-${seed}`, world.run.log, (length) => folded(world.run.log.slice(0, length), evolve))
  }
}

/** Whole facilities under faults, with their own logs of who came and went. */
const simulatedWorlds = async (): Promise<void> => {
  for (let seed = 1; seed <= 100 && missing().length > 0; seed += 1) {
    const { world, violation } = await runSeed(seed)
    if (violation !== undefined) continue
    for (const { home, host } of world.gateways) {
      const engine = host.life?.engine
      const roster = await engine?.roster(home)
      if (roster?.ok)
        keep(
          `home-${seed}-${home}`,
          [...roster.value.entries()],
          (length) => folded([...roster.value.entries()].slice(0, length), foldRoster),
          'home',
        )
      for (const [id] of world.watch.followers) {
        const unit = await engine?.read(id)
        const entries = unit?.ok && unit.value?.home === home ? [...unit.value.entries()] : []
        keep(`world-${seed}-${id.slice(0, 8)}`, entries, (length) => folded(entries.slice(0, length), evolve))
      }
    }
  }
}

const folded = <State>(
  entries: readonly LogEntry[],
  fold: (state: State | undefined, entry: LogEntry) => State | undefined,
): State | undefined => entries.reduce<State | undefined>((state, entry) => fold(state, entry), undefined)

const layouts = (): void => {
  const present = eventLayouts().toSorted((one, other) => one.code - other.code)
  const broken = brokenLayouts(recordedLayouts(), present)
  if (broken.length > 0) throw new Error(`logs would be read wrongly: ${broken.join('; ')}`)
  writeLayouts(present)
}

layouts()
lateCancel()
settledConflict()
newVersion()
handedOver()
randomWorlds()
await simulatedWorlds()
if (missing().length > 0) console.log(`in no history: ${missing().join(', ')}`)
