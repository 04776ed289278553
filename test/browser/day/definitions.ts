/** A day's kinds of work: five steps in a row, a fan-out, a failure that undoes what was done, a wait for time, a wait for a word. */
import { type CompiledDefinition, parseDefinition } from '@holdfast/shared/definition'

const TEXTS = {
  row: `
steps:
  first: { type: function, function: add, input: { to: input.start } }
  second: { type: function, function: add, input: { to: steps.first.output } }
  third: { type: function, function: add, input: { to: steps.second.output } }
  fourth: { type: function, function: add, input: { to: steps.third.output } }
  fifth: { type: function, function: add, input: { to: steps.fourth.output } }
links: [{ from: first, to: second }, { from: second, to: third }, { from: third, to: fourth }, { from: fourth, to: fifth }]
output: { sum: steps.fifth.output }
`,
  fan: `
steps:
  each: { type: map, over: input.numbers, each: { type: function, function: add, input: { to: item } } }
  total: { type: function, function: sum, input: { numbers: steps.each.output } }
links: [{ from: each, to: total }]
output: { total: steps.total.output }
`,
  saga: `
steps:
  book: { type: function, function: add, input: { to: '1' }, compensate: unbook }
  load: { type: function, function: add, input: { to: steps.book.output }, compensate: unload }
  drive: { type: function, function: refuse, retry: none }
links: [{ from: book, to: load }, { from: load, to: drive }]
compensations:
  unbook: { type: function, function: add, input: { to: output } }
  unload: { type: function, function: add, input: { to: output } }
`,
  nap: `
steps:
  nap: { type: wait, on: { kind: time, delayMs: 1s } }
  wake: { type: function, function: add, input: { to: '1' } }
links: [{ from: nap, to: wake }]
output: { sum: steps.wake.output }
`,
  call: `
steps:
  call: { type: wait, on: { kind: signal, signal: called } }
  answer: { type: function, function: add, input: { to: steps.call.output.number } }
links: [{ from: call, to: answer }]
output: { sum: steps.answer.output }
`,
}

export const INPUTS = { row: { start: 1 }, fan: { numbers: [1, 2, 3, 4, 5, 6, 7, 8] }, saga: {}, nap: {}, call: {} } as const

export type Kind = keyof typeof TEXTS

const compiled = (name: Kind): CompiledDefinition => {
  const parsed = parseDefinition(`name: ${name}\n${TEXTS[name]}`)
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.error))
  return parsed.value
}

export const DEFINITIONS = {
  row: compiled('row'),
  fan: compiled('fan'),
  saga: compiled('saga'),
  nap: compiled('nap'),
  call: compiled('call'),
} as const
