/** All that comes, in a list. */
export const collect = async <T>(things: AsyncIterable<T>): Promise<T[]> => {
  const all: T[] = []
  for await (const thing of things) all.push(thing)
  return all
}
