/**
 * The versions of the link's protocol. A change of any message's shape trips `messages/shape.test.ts`; if an older node could not
 * read the new shape, add a version here.
 */
export const VERSIONS: readonly number[] = [1]

/** The highest version both ends speak, if any. */
export const commonVersion = (theirs: readonly number[], ours: readonly number[] = VERSIONS): number | undefined => {
  const shared = ours.filter((version) => theirs.includes(version))
  return shared.length === 0 ? undefined : Math.max(...shared)
}
