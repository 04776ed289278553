/**
 * A recorded history: a log as it lies in a document, and the state it meant when it was recorded. Such files are never changed. A version
 * that gives one of them another meaning has broken every log like it that a facility keeps.
 */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { foldRoster } from '@holdfast/shared/engine'
import { decodeEntry, EMPTY_CONTEXT, type eventLayouts, evolve, type LogEntry } from '@holdfast/shared/workflow'

type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json }

export interface History {
  /** What it is an example of. */
  readonly about: string
  /** Whose log it is, where not a workflow's: a home's own. */
  readonly fold?: 'home'
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
export const statesOf = ({ log, fold }: Pick<History, 'log' | 'fold'>): readonly unknown[] =>
  fold === 'home' ? folded(log, foldRoster) : folded(log, evolve)

const folded = <State>(log: History['log'], fold: (state: State | undefined, entry: LogEntry) => State | undefined): readonly unknown[] => {
  let context = EMPTY_CONTEXT
  let state: State | undefined
  return log.map((coded) => {
    const read = decodeEntry(coded, context)
    context = read.context
    state = fold(state, read.entry)
    return state
  })
}

/** As JSON, maps by their keys. */
export const plain = (state: unknown): unknown =>
  JSON.parse(JSON.stringify(state, (_, value: unknown) => (value instanceof Map ? Object.fromEntries(value) : value)))

// ── the layout of events ──

const LAYOUTS = new URL('layouts.json', import.meta.url)

export type Layout = ReturnType<typeof eventLayouts>[number]

export const recordedLayouts = (): readonly Layout[] => JSON.parse(readFileSync(LAYOUTS, 'utf8'))

export const writeLayouts = (layouts: readonly Layout[]): void =>
  writeFileSync(LAYOUTS, `[\n${layouts.map((layout) => `  ${JSON.stringify(layout)}`).join(',\n')}\n]\n`)

/** What a version has changed of what logs were written by. */
export const brokenLayouts = (recorded: readonly Layout[], present: readonly Layout[]): readonly string[] =>
  recorded.flatMap(({ code, type, fields }) => {
    const now = present.find((layout) => layout.code === code)
    if (now?.type !== type) return [`${code} was ${type} and is ${now?.type ?? 'gone'}`]
    const moved = fields.findIndex((field, place) => now.fields[place] !== field)
    if (moved >= 0) return [`field ${moved} of ${type} was ${fields[moved]} and is ${now.fields[moved] ?? 'gone'}`]
    return now.fields
      .slice(fields.length)
      .flatMap((field) => (field.includes('?') ? [] : [`${type} has a new field that old logs lack: ${field}`]))
  })
