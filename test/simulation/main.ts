import { runSeed } from './run.ts'

const seeds = Number(process.argv[2] ?? 10)
const first = Number(process.argv[3] ?? 1)
const started = process.hrtime.bigint()
for (let seed = first; seed < first + seeds; seed += 1) {
  const t = process.hrtime.bigint()
  const { world, violation } = await runSeed(seed)
  const { kernel } = world.frame
  const ms = Number(process.hrtime.bigint() - t) / 1e6
  console.log(seed, violation === undefined ? 'ok' : JSON.stringify(violation.invariant), kernel.history.hash, kernel.events, kernel.now, `${ms.toFixed(0)}ms`)
  if (violation !== undefined && process.argv[4]) {
    console.log(JSON.stringify(violation.details, null, 1).slice(0, 3000), violation.stack)
    for (const node of [...world.hosts.keys()]) console.log(kernel.history.lines(node).slice(-60).join('\n'))
  }
  if (violation) console.log(JSON.stringify(violation.details).slice(0, 400), violation.stack ?? '')
}
console.log(Number(process.hrtime.bigint() - started) / 1e6)
