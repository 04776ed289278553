/** A paper as it is shown: any version of it, and what differs between two. */
import { conflictsOf, type Difference, differencesOf, historyOf, type Paper, settledContent } from '../document/paper/index.ts'
import { type Refusal, refusal } from '../values/refusal.ts'
import { err, ok, type Result } from '../values/result.ts'
import type { PaperDetail } from './papers.ts'

export { historyOf }

export const detailOf = (paper: Paper, at: string | undefined): Result<PaperDetail, Refusal> => {
  const { name, version } = paper
  if (at === undefined) return ok({ name, version, content: settledContent(paper), conflicts: conflictsOf(paper) })
  const content = paper.contentAt(at)
  return content === undefined ? err(noSuchVersion(at)) : ok({ name, version: at, content, conflicts: [] })
}

export const between = (paper: Paper, from: string, to: string): Result<readonly Difference[], Refusal> => {
  const [before, after] = [paper.contentAt(from), paper.contentAt(to)]
  if (before === undefined) return err(noSuchVersion(from))
  return after === undefined ? err(noSuchVersion(to)) : ok(differencesOf(before, after))
}

const noSuchVersion = (version: string): Refusal => refusal('fix-request', 'no-such-version', `${version} is no version of it.`)
