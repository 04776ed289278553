/**
 * Where a page of a feed ends: between groups, never inside one (S3). A group alone larger than the limit is returned whole, because a
 * reader that got half of it could not commit it in one transaction.
 */
interface Grouped {
  readonly group: number
}

/**
 * How many of the entries make up the page.
 *
 * @param entries from the first unread on; complete up to the end of the feed, or at least `limit + 1` of them
 * @returns a count, or `undefined` when the first group fills all of them and more must be read to see its end
 */
export const pageLength = (entries: readonly Grouped[], limit: number, isComplete: boolean): number | undefined => {
  if (isComplete && entries.length <= limit) return entries.length
  const beyond = entries[limit]?.group
  let length = Math.min(limit, entries.length)
  while (length > 0 && entries[length - 1]?.group === beyond) length -= 1
  if (length > 0) return length
  const end = entries.findIndex((entry) => entry.group !== beyond)
  if (end >= 0) return end
  return isComplete ? entries.length : undefined
}
