/**
 * node --expose-gc parked-child.ts ⟨folder⟩ ⟨parked⟩ ⟨ended⟩
 *
 * Opens the gateway in that folder, runs so many workflows to their end and parks so many; with none, it only opens. Then it tells what this
 * process holds.
 */
import { Gateway } from './gateway.ts'

/** Half of the parked wait for a signal, half for a moment tomorrow; both also have a timeout, as every wait has. Others end at once. */
const DEFINITION = `
name: parked
version: 1
title: Parked
steps:
  receive: {type: function, function: work}
  approval: {type: wait, on: {kind: signal, signal: approved}, timeoutMs: 86400000}
  tomorrow: {type: wait, on: {kind: time, delayMs: 86400000}, timeoutMs: 172800000}
  ship: {type: function, function: work}
links:
  - {from: receive, to: approval, when: 'input.waits == "signal"'}
  - {from: receive, to: tomorrow, when: 'input.waits == "time"'}
  - {from: approval, to: ship}
  - {from: tomorrow, to: ship}
`
const AT_ONCE = 1_000
const SETTLE_MS = 50
const COLLECTIONS = 5
const CHURN = 100

/** Touches what V8 sets aside for short-lived things, as any process does that has worked for a while; else that would be compared. */
const churn = (): void => {
  const text = JSON.stringify(Array.from({ length: 10_000 }, (_, number) => ({ number })))
  for (let count = 0; count < CHURN; count += 1) JSON.parse(text)
}

const [folder = '', parked = '0', ended = '0'] = process.argv.slice(2)
churn()
const gateway = await Gateway.open(folder, DEFINITION)

const start = async (name: string, from: number, to: number, waitsOf: (number: number) => string): Promise<void> => {
  for (let first = from; first < to; first += AT_ONCE) {
    const some = Array.from({ length: Math.min(AT_ONCE, to - first) }, (_, n) => first + n)
    await Promise.all(some.map((number) => gateway.start(`${name} ${number}`, { waits: waitsOf(number) })))
  }
}
const park = (from: number, to: number): Promise<void> => start('parked', from, to, (number) => (number % 2 === 0 ? 'signal' : 'time'))

/** Once garbage has been collected and nothing is under way. */
const measure = async () => {
  for (let count = 0; count < COLLECTIONS; count += 1) {
    await new Promise((resolve) => setTimeout(resolve, SETTLE_MS))
    globalThis.gc?.()
  }
  return process.memoryUsage()
}

await start('ended', 0, Number(ended), () => 'nothing')
const half = Math.floor(Number(parked) / 2)
await park(0, half)
const before = await measure()
await park(half, Number(parked))
const { rss, heapUsed, external } = await measure()
const grown = heapUsed + external - before.heapUsed - before.external
const { open, completed } = gateway.engine.countsOf('bench')
await gateway.close()
console.log(JSON.stringify({ residentBytes: rss, heapBytesEach: half === 0 ? 0 : grown / (Number(parked) - half), open, completed }))
