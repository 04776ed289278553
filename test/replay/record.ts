/**
 * Records histories that are not there yet; run it when a kind of event was added, and commit what it wrote:
 *
 *   node test/replay/record.ts
 *
 * Each comes from a seeded random world; a seed is kept when its log holds an event that no history held before.
 */
import { existsSync, writeFileSync } from 'node:fs'
import { judge } from '../../shared/src/conflict/index.ts'
import { Prng } from '../../shared/src/testing/prng.ts'
import { EMPTY_CONTEXT, encodeEntry, type LogEntry, type WorkflowState } from '../../shared/src/workflow/index.ts'
import { randomDefinition } from '../../shared/src/workflow/random-definition-support.ts'
import { World } from '../../shared/src/workflow/random-support.ts'
import { define, Run, TASK } from '../../shared/src/workflow/test-support.ts'
import { FOLDER, type History, histories, plain } from './history.ts'

const coded = (entries: readonly LogEntry[]): History['log'] => {
  let context = EMPTY_CONTEXT
  return entries.map((entry) => {
    const encoded = encodeEntry(entry, context)
    context = encoded.context
    return encoded.coded
  })
}

const save = (name: string, about: string, entries: readonly LogEntry[], state: WorkflowState): void => {
  const file = new URL(`${name}.json`, FOLDER)
  if (existsSync(file)) return
  const lines = coded(entries).map((entry) => `    ${JSON.stringify(entry)}`)
  const [log, meant] = [`[\n${lines.join(',\n')}\n  ]`, JSON.stringify(plain(state))]
  writeFileSync(file, `{\n  "about": ${JSON.stringify(about)},\n  "log": ${log},\n  "state": ${meant}\n}\n`)
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

const randomWorlds = (): void => {
  const held = new Set([...histories().values()].flatMap(({ log }) => log.map(([code]) => code)))
  for (let seed = 0; seed < 300; seed += 1) {
    const definition = randomDefinition(new Prng(`definition ${seed}`), 3 + (seed % 10))
    const world = new World({ definition, seed, dice: new Prng(`world ${seed}`) }, { interference: 0.1, maxMoves: 4_000 })
    world.live()
    world.aftermath()
    const fresh = new Set(coded(world.run.log).flatMap(([code]) => (held.has(code) ? [] : [code])))
    if (fresh.size === 0 || world.run.log.length > 150) continue
    for (const code of fresh) held.add(code)
    save(`seed-${seed}`, `${world.run.state.status}, with event codes ${[...fresh].join(', ')}`, world.run.log, world.run.state)
  }
}

lateCancel()
randomWorlds()
