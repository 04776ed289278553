/**
 * For tests: a PostgreSQL server of its own, in a folder of its own, heard on a socket in that folder only. It will not run as root, so
 * from there it runs as the user its package made. It ends with the process that started it.
 */
import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process'
import { chmodSync, chownSync, existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir, userInfo } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'

/** In memory where that can be: what is tried here are killed processes, and those leave what was written. */
const PLACE = existsSync('/dev/shm') ? '/dev/shm' : tmpdir()

const VERSIONS = '/usr/lib/postgresql'

/** Where a server's programs are; nothing where none is installed. */
export const postgresPrograms = (): string | undefined => {
  if (!existsSync(VERSIONS)) return undefined
  const newest = readdirSync(VERSIONS).sort((a, b) => Number(b) - Number(a))[0]
  const programs = join(VERSIONS, newest ?? '', 'bin')
  return existsSync(join(programs, 'initdb')) ? programs : undefined
}

interface User {
  readonly uid?: number
  readonly gid?: number
}

const serverUser = (): User => {
  if (userInfo().uid !== 0) return {}
  const idOf = (flag: string): number => Number(execFileSync('id', [flag, 'postgres'], { encoding: 'utf8' }))
  return { uid: idOf('-u'), gid: idOf('-g') }
}

const PATIENCE_MS = 30_000

export class PostgresServer {
  readonly url: string
  readonly #programs: string
  readonly #folder: string
  readonly #user: User
  #process: ChildProcess | undefined

  private constructor(programs: string, folder: string, user: User) {
    this.#programs = programs
    this.#folder = folder
    this.#user = user
    this.url = `postgresql://holdfast@localhost/postgres?host=${encodeURIComponent(folder)}`
  }

  static async start(programs: string): Promise<PostgresServer> {
    const user = serverUser()
    const folder = mkdtempSync(join(PLACE, 'holdfast-postgres-'))
    chmodSync(folder, 0o700)
    if (user.uid !== undefined && user.gid !== undefined) chownSync(folder, user.uid, user.gid)
    const words = ['-D', join(folder, 'data'), '-U', 'holdfast', '-A', 'trust', '-E', 'UTF8', '--no-instructions']
    execFileSync(join(programs, 'initdb'), words, { ...user, cwd: folder, stdio: 'pipe' })
    const server = new PostgresServer(programs, folder, user)
    await server.run()
    return server
  }

  /** Starts the process, also after `kill`; again as long as what is left of a killed one keeps it from starting. */
  async run(): Promise<void> {
    const until = Date.now() + PATIENCE_MS
    let process = this.#spawn()
    while (!this.#isReady()) {
      if (Date.now() > until) throw new Error('the PostgreSQL server does not come up')
      await sleep(50)
      if (process.exitCode !== null) process = this.#spawn()
    }
  }

  /** SIGKILL, to it and so to all its backends. */
  kill(): Promise<void> {
    return this.#end('SIGKILL')
  }

  /** Ends at once, disconnecting everybody, and removes the folder. */
  async stop(): Promise<void> {
    await this.#end('SIGINT')
    rmSync(this.#folder, { recursive: true, force: true })
  }

  #spawn(): ChildProcess {
    const words = ['-D', join(this.#folder, 'data'), '-k', this.#folder, '-c', 'listen_addresses=', '-c', 'max_connections=200']
    const child = spawn(join(this.#programs, 'postgres'), words, { ...this.#user, cwd: this.#folder, stdio: 'ignore' })
    const endWithUs = (): boolean => child.kill('SIGQUIT')
    process.once('exit', endWithUs)
    child.once('exit', () => process.off('exit', endWithUs))
    this.#process = child
    return child
  }

  #isReady(): boolean {
    const asked = spawnSync(join(this.#programs, 'pg_isready'), ['-q', '-h', this.#folder], { stdio: 'ignore' })
    return asked.status === 0
  }

  #end(signal: NodeJS.Signals): Promise<void> {
    const child = this.#process
    this.#process = undefined
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return Promise.resolve()
    return new Promise((resolve) => {
      child.once('exit', () => resolve())
      child.kill(signal)
    })
  }
}
