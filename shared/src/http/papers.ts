/** Plans and catalogues as the routes ask for them: any version, what differs, who wrote what, and what was written at once. */
import type { Difference, Paper, PaperChange, PaperConflict, PaperName } from '../document/paper/index.ts'
import type { Engine } from '../engine/engine.ts'
import type { PaperInput } from '../engine/paper-input.ts'
import type { PaperRow } from '../engine/paper-rows.ts'
import type { JsonObject } from '../values/json.ts'
import type { Refusal } from '../values/refusal.ts'
import { ok, type Result } from '../values/result.ts'
import { Unreadable } from './problem.ts'

export interface PaperDetail {
  readonly name: PaperName
  readonly version: string
  /** With every conflict settled as its rule says. */
  readonly content: JsonObject
  readonly conflicts: readonly PaperConflict[]
}

export interface PapersApi {
  list(): Promise<readonly PaperRow[]>
  row(id: string): Promise<PaperRow | undefined>
  /** Undefined when there is none. @param at a version: as it was then */
  get(name: PaperName, at?: string): Promise<Result<PaperDetail, Refusal> | undefined>
  history(name: PaperName): Promise<readonly PaperChange[] | undefined>
  differences(name: PaperName, from: string, to: string): Promise<Result<readonly Difference[], Refusal> | undefined>
  edit(input: Omit<PaperInput, 'kind'>): Promise<Result<{ readonly replayed: boolean }, Refusal>>
}

/** Where papers are kept; nothing is to be loaded of them before one is asked for, because the library beneath is large. */
export interface PaperSource {
  rows(): Promise<readonly PaperRow[]>
  row(id: string): Promise<PaperRow | undefined>
  /** Between two turns; undefined for one of another home. */
  paper(name: PaperName): Promise<Result<Paper | undefined, Refusal>>
  edit(input: PaperInput): Promise<Result<{ readonly replayed: boolean }, Refusal>>
}

export const sourceOf = (engine: Engine): PaperSource => ({
  rows: async () => {
    const rows: PaperRow[] = []
    for await (const row of engine.register.papers()) rows.push(row)
    return rows
  },
  row: (id) => engine.register.paper(id),
  paper: async (name) => {
    const read = await engine.register.between(() => engine.units.paper(name))
    return read.ok ? ok(read.value?.paper) : read
  },
  edit: (input) => engine.submit(input),
})

export const papersOf = (source: PaperSource): PapersApi => {
  const paperOf = async (name: PaperName): Promise<Paper | undefined> => {
    const read = await source.paper(name)
    if (!read.ok) throw new Unreadable(name.id, read.error)
    return read.value?.isEmpty === false ? read.value : undefined
  }
  const reading = () => import('./paper-reading.ts')
  return {
    list: () => source.rows(),
    row: (id) => source.row(id),
    get: async (name, at) => {
      const paper = await paperOf(name)
      return paper && (await reading()).detailOf(paper, at)
    },
    history: async (name) => {
      const paper = await paperOf(name)
      return paper && (await reading()).historyOf(paper)
    },
    differences: async (name, from, to) => {
      const paper = await paperOf(name)
      return paper && (await reading()).between(paper, from, to)
    },
    edit: (input) => source.edit({ kind: 'paper', ...input }),
  }
}
