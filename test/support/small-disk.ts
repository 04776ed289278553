/** A real file system of a few megabytes, where one can be mounted, and a file that takes up what room there is. */
import { execFileSync } from 'node:child_process'
import { mkdirSync, rmSync, statfsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

export interface SmallDisk {
  readonly folder: string
  /** Leaves so many bytes. */
  fill(room: number): void
  free(): void
  unmount(): void
}

/** @returns undefined where nothing can be mounted: not root, or no Linux */
export const mountSmallDisk = (parent: string, megabytes: number): SmallDisk | undefined => {
  const folder = join(parent, 'small-disk')
  mkdirSync(folder)
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${megabytes}m`, 'tmpfs', folder], { stdio: 'ignore' })
  } catch {
    return undefined
  }
  const filler = join(folder, 'filler')
  return {
    folder,
    fill: (room) => {
      rmSync(filler, { force: true })
      const { bavail, bsize } = statfsSync(folder)
      writeFileSync(filler, new Uint8Array(Math.max(0, bavail * bsize - room)))
    },
    free: () => rmSync(filler),
    unmount: () => void execFileSync('umount', [folder]),
  }
}
