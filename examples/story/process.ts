/** A node or an agent as a real process of its own: started, heard of, killed or stopped by its id, never by its name. */
import { type ChildProcess, spawn } from 'node:child_process'
import { createWriteStream, type WriteStream } from 'node:fs'
import { createInterface } from 'node:readline'

const COMPILE_CACHE = new URL('../../node_modules/.cache/compiled', import.meta.url).pathname

export interface StartOptions {
  readonly name: string
  /** Script and its arguments. */
  readonly command: readonly string[]
  /** Where its log goes. */
  readonly logPath: string
}

export class StoryProcess {
  readonly name: string
  readonly #child: ChildProcess
  readonly #exited: Promise<void>

  private constructor(name: string, child: ChildProcess, log: WriteStream) {
    this.name = name
    this.#child = child
    child.stderr?.pipe(log)
    this.#exited = new Promise((resolve) => child.once('exit', () => resolve()))
  }

  /** Resolves with what follows the word `ready` on its first line of output. */
  static async start({ name, command, logPath }: StartOptions): Promise<{ readonly process: StoryProcess; readonly said: string }> {
    const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', ...command], {
      stdio: ['ignore', 'pipe', 'pipe'],
      // Fifteen processes load much the same files: what one has compiled, the others find.
      env: { ...process.env, NODE_COMPILE_CACHE: COMPILE_CACHE },
    })
    const started = new StoryProcess(name, child, createWriteStream(logPath, { flags: 'a' }))
    const said = await started.#ready(logPath)
    return { process: started, said }
  }

  async #ready(logPath: string): Promise<string> {
    const { stdout } = this.#child
    if (stdout === null) throw new TypeError('standard output is piped')
    for await (const line of createInterface({ input: stdout })) if (line.startsWith('ready')) return line.slice('ready'.length).trim()
    throw new Error(`${this.name} ended before it was ready; its log is ${logPath}`)
  }

  /** SIGKILL: no farewell, no flush. */
  async kill(): Promise<void> {
    this.#child.kill('SIGKILL')
    await this.#exited
  }

  async stop(): Promise<void> {
    this.#child.kill('SIGTERM')
    await this.#exited
  }
}
