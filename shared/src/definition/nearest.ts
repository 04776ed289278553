/** The candidate a mistyped name most likely meant: fewest edits, at most a third of its length; undefined when none is near. */
export const nearest = (name: string, candidates: Iterable<string>): string | undefined => {
  let best: string | undefined
  let fewest = Math.min(Math.ceil(name.length / 3) + 1, name.length)
  if (name.length > 64) return undefined
  for (const candidate of candidates) {
    if (Math.abs(candidate.length - name.length) >= fewest) continue
    const edits = editsBetween(name, candidate)
    if (edits >= fewest) continue
    best = candidate
    fewest = edits
  }
  return best
}

/** Levenshtein's distance with neighbours swapped counting as one edit (optimal string alignment), one row at a time. */
const editsBetween = (from: string, to: string): number => {
  let before: number[] = []
  let row = Array.from({ length: to.length + 1 }, (_, column) => column)
  for (let line = 1; line <= from.length; line++) {
    const next = [line]
    for (let column = 1; column <= to.length; column++) {
      const substituted = at(row, column - 1) + (from[line - 1] === to[column - 1] ? 0 : 1)
      const swapped = from[line - 1] === to[column - 2] && from[line - 2] === to[column - 1] ? at(before, column - 2) + 1 : substituted
      next.push(Math.min(substituted, swapped, at(row, column) + 1, at(next, column - 1) + 1))
    }
    before = row
    row = next
  }
  return at(row, to.length)
}

const at = (row: readonly number[], column: number): number => row[column] ?? Number.POSITIVE_INFINITY

export const didYouMean = (name: string, candidates: Iterable<string>): string => {
  const near = nearest(name, candidates)
  return near === undefined ? '' : `; did you mean "${near}"?`
}
