import type { Store } from '@holdfast/shared/ports'

/** A store whose process dies once so many commits are durable, before anybody hears of the last of them. */
export const dyingStore = (store: Store, commits: number, die: () => void): Store =>
  watchedStore(store, async (done) => {
    if (done < commits) return
    die()
    await new Promise(() => {})
  })

/** A store that tells how many commits are durable, and waits to be heard before it answers. */
export const watchedStore = (store: Store, told: (commits: number) => Promise<void> | void): Store => {
  let done = 0
  const commit: Store['commit'] = async (batch) => {
    const result = await store.commit(batch)
    done += 1
    await told(done)
    return result
  }
  return new Proxy(store, { get: (target, name) => (name === 'commit' ? commit : Reflect.get(target, name, target)) })
}
