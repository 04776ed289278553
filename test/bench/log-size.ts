/**
 * What the log of a workflow of twenty tasks in a row takes in its document: each is offered to a robot, accepted, done and its output
 * checked, in turns of their own, as it happens. Beside it stands the same log as it is usually kept: a JSON object for each event.
 */
import { appendTurn, openReplica, ZERO_HEAD } from '@holdfast/shared/document'
import { EMPTY_CONTEXT, encodeEntry, type LogEntry } from '@holdfast/shared/workflow'
import type { Measurement } from './measurement.ts'
import { recordTurns } from './recorded-log.ts'

export interface LogSize {
  readonly tasks: number
}

const CLIENT = 2 ** 26 + 7

export const logSize = ({ tasks }: LogSize = { tasks: 20 }): Measurement => {
  const turns = recordTurns(tasks)
  const document = documentOf(turns)
  const entries = turns.flat()
  const asObjects = entries.reduce((bytes, entry) => bytes + Buffer.byteLength(JSON.stringify(entry)), 0)
  return {
    name: 'log-size',
    value: document.length,
    unit: 'bytes',
    ratio: document.length / asObjects,
    against: 'the same events as JSON objects, with nothing around them',
    detail: `${tasks} tasks, ${entries.length} events, ${(document.length / entries.length).toFixed(1)} bytes each in a document; ${asObjects} bytes as JSON`,
  }
}

const documentOf = (turns: readonly (readonly LogEntry[])[]): Uint8Array => {
  const replica = openReplica(CLIENT)
  let context = EMPTY_CONTEXT
  let head = ZERO_HEAD
  for (const turn of turns) {
    const entries = turn.map((entry) => {
      const encoded = encodeEntry(entry, context)
      context = encoded.context
      return encoded.coded
    })
    const appended = appendTurn(replica, { epoch: 1, life: 1, head, entries, judged: [] })
    if (!appended.ok) throw new Error(appended.error.message)
    head = appended.value.head
  }
  return replica.encode()
}
