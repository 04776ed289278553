/**
 * What an agent must remember over a crash, as entries of its journal in the order they became durable:
 *
 *   begun ──▶ finished ──▶ settled        the usual life of a task
 *   begun ──▶ settled                     stopped or forgotten before a result
 *   begun ──▶ dropped                     the line was cut before it was accepted; it may be offered again
 *   epoch                                 the highest epoch of a gateway seen
 *
 * A settled task is remembered a while (the last KEEP_SETTLED), with its outcome if it had one: a gateway restored from a backup
 * may offer it again, and gets the earlier result instead of a second move.
 */
import type { Offer, Outcome } from '@holdfast/shared/agent-protocol'

export type JournalEntry =
  | { readonly kind: 'begun'; readonly offer: Offer }
  | { readonly kind: 'finished'; readonly task: string; readonly outcome: Outcome }
  | { readonly kind: 'settled'; readonly task: string }
  | { readonly kind: 'dropped'; readonly task: string }
  | { readonly kind: 'epoch'; readonly epoch: number }

export type Remembered =
  | { readonly kind: 'begun'; readonly offer: Offer }
  | { readonly kind: 'finished'; readonly outcome: Outcome }
  | { readonly kind: 'settled'; readonly outcome?: Outcome }

export interface Memory {
  readonly epoch: number
  readonly tasks: ReadonlyMap<string, Remembered>
}

export const KEEP_SETTLED = 64

export const recall = (entries: readonly JournalEntry[]): Memory => {
  const tasks = new Map<string, Remembered>()
  let epoch = 0
  for (const entry of entries) {
    if (entry.kind === 'epoch') epoch = Math.max(epoch, entry.epoch)
    else recallTask(tasks, entry)
  }
  return { epoch, tasks: trimSettled(tasks) }
}

const recallTask = (tasks: Map<string, Remembered>, entry: Exclude<JournalEntry, { kind: 'epoch' }>): void => {
  switch (entry.kind) {
    case 'begun':
      tasks.set(entry.offer.task, { kind: 'begun', offer: entry.offer })
      return
    case 'finished':
      tasks.set(entry.task, { kind: 'finished', outcome: entry.outcome })
      return
    case 'settled': {
      const before = tasks.get(entry.task)
      // Removed first, so that the settled stand in the order they settled.
      tasks.delete(entry.task)
      tasks.set(entry.task, before?.kind === 'finished' ? { kind: 'settled', outcome: before.outcome } : { kind: 'settled' })
      return
    }
    case 'dropped':
      tasks.delete(entry.task)
      return
    default:
      entry satisfies never
  }
}

const trimSettled = (tasks: Map<string, Remembered>): Map<string, Remembered> => {
  const settled = [...tasks].filter(([, remembered]) => remembered.kind === 'settled')
  for (const [task] of settled.slice(0, Math.max(0, settled.length - KEEP_SETTLED))) tasks.delete(task)
  return tasks
}

/** The shortest journal that recalls the same. */
export const compact = (entries: readonly JournalEntry[]): readonly JournalEntry[] => {
  const memory = recall(entries)
  const epoch: readonly JournalEntry[] = memory.epoch > 0 ? [{ kind: 'epoch', epoch: memory.epoch }] : []
  return [...epoch, ...[...memory.tasks].flatMap(([task, remembered]) => entriesOf(task, remembered))]
}

const entriesOf = (task: string, remembered: Remembered): readonly JournalEntry[] => {
  if (remembered.kind === 'begun') return [{ kind: 'begun', offer: remembered.offer }]
  const end: readonly JournalEntry[] = remembered.kind === 'settled' ? [{ kind: 'settled', task }] : []
  return remembered.outcome === undefined ? end : [{ kind: 'finished', task, outcome: remembered.outcome }, ...end]
}
