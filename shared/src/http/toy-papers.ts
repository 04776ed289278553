/** For tests: real papers, in memory, without an engine. */
import { openPaper, type Paper, type PaperName } from '../document/paper/index.ts'
import { refuseEdit } from '../engine/paper-input.ts'
import { paperRow } from '../engine/paper-turn.ts'
import { clientIdOf } from '../values/node-number.ts'
import { err, ok } from '../values/result.ts'
import type { PaperSource } from './papers.ts'

const NOW = Date.parse('2026-03-28T00:00Z')

export const toyPapers = (): PaperSource => {
  const kept = new Map<string, Paper>()
  const paperOf = (name: PaperName): Paper => {
    const paper = kept.get(name.id) ?? openPaper(name, clientIdOf(1, 0))
    kept.set(name.id, paper)
    return paper
  }
  const written = (): readonly Paper[] => [...kept.values()].filter(({ isEmpty }) => !isEmpty)
  return {
    rows: async () => written().map(paperRow),
    row: async (id) =>
      written()
        .filter(({ name }) => name.id === id)
        .map(paperRow)[0],
    paper: async (name) => ok(paperOf(name)),
    edit: async (input) => {
      const paper = paperOf(input.paper)
      const refused = refuseEdit(paper, input)
      if (refused !== undefined) return err(refused)
      const edited = paper.edit({ ...input.edit, at: NOW, isFacilitys: true })
      return edited.ok ? ok({ replayed: edited.value === undefined }) : edited
    },
  }
}
