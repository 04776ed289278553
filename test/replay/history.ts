/**
 * A recorded history: a log as it lies in a document, and the state it meant when it was recorded. Such files are never changed. A version
 * that gives one of them another meaning has broken every log like it that a facility keeps.
 */
import { readdirSync, readFileSync } from 'node:fs'
import { decodeEntry, EMPTY_CONTEXT, evolve, type WorkflowState } from '@holdfast/shared/workflow'

type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json }

export interface History {
  /** What it is an example of. */
  readonly about: string
  readonly log: readonly (readonly Json[])[]
  readonly state: unknown
}

export const FOLDER = new URL('histories/', import.meta.url)

export const histories = (): ReadonlyMap<string, History> =>
  new Map(
    readdirSync(FOLDER)
      .filter((file) => file.endsWith('.json'))
      .toSorted()
      .map((file) => [file, JSON.parse(readFileSync(new URL(file, FOLDER), 'utf8'))]),
  )

/** The states along a log, one for each entry. */
export const statesOf = (log: History['log']): readonly (WorkflowState | undefined)[] => {
  let context = EMPTY_CONTEXT
  let state: WorkflowState | undefined
  return log.map((coded) => {
    const read = decodeEntry(coded, context)
    context = read.context
    state = evolve(state, read.entry)
    return state
  })
}

export const plain = (state: WorkflowState | undefined): unknown => JSON.parse(JSON.stringify(state))
