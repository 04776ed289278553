/**
 * Finds few faults that still make a seed fail (ddmin without complements; Zeller and Hildebrandt, 2002): leaves out ever smaller runs of
 * them for as long as it still fails. The result is 1-minimal: leaving out any single one of it makes the failure go away.
 *
 * @param stillFails runs the seed with only these
 */
export const minimise = async <T>(faults: readonly T[], stillFails: (kept: readonly T[]) => Promise<boolean>): Promise<readonly T[]> => {
  let kept = faults
  let size = Math.ceil(faults.length / 2)
  while (size >= 1 && kept.length > 0) {
    const smaller = await withoutOneRun(kept, size, stillFails)
    if (smaller === undefined) size = Math.floor(size / 2)
    else kept = smaller
  }
  return kept
}

const withoutOneRun = async <T>(
  faults: readonly T[],
  size: number,
  stillFails: (kept: readonly T[]) => Promise<boolean>,
): Promise<readonly T[] | undefined> => {
  for (let start = 0; start < faults.length; start += size) {
    const rest = [...faults.slice(0, start), ...faults.slice(start + size)]
    if (await stillFails(rest)) return rest
  }
  return undefined
}
