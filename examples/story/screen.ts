/**
 * What the audience sees: a line for each scene, and below them, on a terminal, a bar for each facility that is redrawn as it moves.
 * Everything goes to standard error; standard output belongs to the summary.
 */
import { stripVTControlCharacters } from 'node:util'

export interface FacilityLine {
  readonly title: string
  readonly done: number
  readonly total: number
  readonly connected: boolean
  readonly pending: number
}

const BAR_WIDTH = 28
const DIM = '\u001b[2m'
const BOLD = '\u001b[1m'
const RED = '\u001b[31m'
const GREEN = '\u001b[32m'
const PLAIN = '\u001b[0m'

export const lineOf = ({ title, done, total, connected, pending }: FacilityLine): string => {
  const share = total === 0 ? 0 : done / total
  const filled = Math.round(share * BAR_WIDTH)
  const bar = `${'█'.repeat(filled)}${DIM}${'░'.repeat(BAR_WIDTH - filled)}${PLAIN}`
  const count = `${done}/${total}`.padStart(8)
  const link = connected ? `${GREEN}● linked${PLAIN} ` : `${RED}○ cut off${PLAIN}`
  return `${title.padEnd(20)} ${bar} ${count}  ${link}  ${pending === 0 ? `${DIM}nothing pending${PLAIN}` : `${pending} changes pending`}`
}

export class Screen {
  readonly #live: boolean
  readonly #since = performance.now()
  #drawn = 0
  #lines: readonly string[] = []

  constructor(live: boolean) {
    this.#live = live
  }

  say(text: string): void {
    const seconds = ((performance.now() - this.#since) / 1000).toFixed(1).padStart(5)
    this.#wipe()
    this.#write(`${DIM}${seconds} s${PLAIN}  ${BOLD}${text}${PLAIN}\n`)
    this.#draw()
  }

  show(lines: readonly FacilityLine[]): void {
    this.#lines = lines.map(lineOf)
    if (!this.#live) return
    this.#wipe()
    this.#draw()
  }

  /** Leaves the last bars standing. */
  end(): void {
    if (!this.#live) for (const line of this.#lines) this.#write(`${line}\n`)
    this.#lines = []
    this.#drawn = 0
  }

  #wipe(): void {
    if (this.#drawn > 0) process.stderr.write(`\u001b[${this.#drawn}A\u001b[0J`)
    this.#drawn = 0
  }

  #draw(): void {
    if (!this.#live) return
    for (const line of this.#lines) this.#write(`${line}\n`)
    this.#drawn = this.#lines.length
  }

  #write(text: string): void {
    process.stderr.write(this.#live ? text : stripVTControlCharacters(text))
  }
}
