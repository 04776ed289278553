/**
 * A small robot: it moves pallets, says how far it is, and stops when told.
 *
 *   HOLDFAST_TOKEN=… node examples/forklift.ts [ws://localhost:7420/agents] [forklift-1]
 *
 * Kill it in the middle of a move and start it again: the move is reported as `interrupted`, and the workflow decides what follows.
 * Cut it off instead: it finishes what it may, keeps the result in its journal, and reports when the gateway is back.
 */
import { setTimeout } from 'node:timers/promises'
import { type Handler, robot } from '../src/index.ts'

const [gatewayUrl = 'ws://localhost:7420/agents', id = 'forklift-1'] = process.argv.slice(2)

const movePallet: Handler = async (task, { signal, progress }) => {
  for (let metre = 1; metre <= 10; metre += 1) {
    await setTimeout(500, undefined, { signal })
    progress(metre / 10)
    forklift.moveTo({ x: metre, y: 0, map: 'hall' })
  }
  return { moved: task.input }
}

const forklift = await robot({
  gatewayUrl,
  id,
  token: process.env.HOLDFAST_TOKEN ?? '',
  journal: `${id}.journal`,
  skills: { 'move-pallet': movePallet },
})

forklift.on('ready', ({ gateway }) => console.log(`ready at ${gateway}`))
forklift.on('cut', ({ reason, retryInMs }) => console.log(`cut off (${reason}), next try in ${Math.round(retryInMs)} ms`))
forklift.on('began', ({ task }) => console.log(`${task}: moving`))
forklift.on('finished', ({ task, outcome }) => console.log(`${task}: ${outcome.ok ? 'moved' : outcome.error.code}`))
forklift.on('recorded', ({ task }) => console.log(`${task}: recorded`))

process.once('SIGINT', () => forklift.close({ abort: true }))
await forklift.ended
