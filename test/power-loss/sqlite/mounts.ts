import type { Disk } from '../disk/disk.ts'

/** The disks in use, by the first part of the paths that lie on them. */
export class Mounts {
  readonly #disks = new Map<string, Disk>()
  #count = 0

  /** @returns the folder where the disk is found */
  add(disk: Disk): string {
    this.#count += 1
    const folder = `/disk-${this.#count}`
    this.#disks.set(folder, disk)
    return folder
  }

  remove(folder: string): void {
    this.#disks.delete(folder)
  }

  of(path: string): Disk {
    const disk = this.#disks.get(path.slice(0, path.indexOf('/', 1)))
    if (disk === undefined) throw new TypeError(`no disk holds ${path}`)
    return disk
  }
}
