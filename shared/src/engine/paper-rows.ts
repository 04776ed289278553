/** The row by which a catalogue or plan is listed. */
import { isJsonObject, type Json } from '../values/json.ts'

/** By their document's id. */
export const PAPERS = 'papers'

export interface PaperRow {
  readonly id: string
  readonly kind: 'plan' | 'catalogue'
  readonly facility: string
  readonly title: string
  readonly state: string
  readonly version: string
  readonly changedAt: number
  readonly changedBy: string
  readonly changes: number
  readonly conflicts: number
}

export const isPaperRow = (row: Json | undefined): row is Json & PaperRow =>
  isJsonObject(row) && typeof row.kind === 'string' && typeof row.version === 'string'
