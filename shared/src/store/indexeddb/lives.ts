/**
 * The generations that a store has had, noted outside of its database, as names of empty files in the origin's private file system.
 *
 * A browser that finds a database damaged throws it away and hands out an empty one without a word. With the note, an empty database that
 * has lived before is told from a new one. Whoever clears the site's data on purpose clears the notes with it.
 */
const folderOf = async (store: string): Promise<FileSystemDirectoryHandle> => {
  const root = await navigator.storage.getDirectory()
  const stores = await root.getDirectoryHandle('holdfast-stores', { create: true })
  return stores.getDirectoryHandle(encodeURIComponent(store), { create: true })
}

export const noteLife = async (store: string, generation: string): Promise<void> => {
  const folder = await folderOf(store)
  await folder.getFileHandle(generation, { create: true })
}

export const livesOf = async (store: string): Promise<readonly string[]> => {
  const lives: string[] = []
  for await (const generation of (await folderOf(store)).keys()) lives.push(generation)
  return lives
}
