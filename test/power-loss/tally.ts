/** What a campaign has seen, for its report and its checks. */
import type { Torn } from './disk/tear.ts'
import type { Verdict } from './expected.ts'

export class Tally {
  /** Disks looked at after the power came back, or before the first life. */
  images = 0
  cuts = 0
  kills = 0
  acknowledged = 0
  whole = 0
  /** Images that lack acknowledged commits, and how many those were. */
  short = 0
  lost = 0
  mixed = 0
  readonly refusedBecause: string[] = []
  readonly endings = { opening: 0, running: 0, closing: 0 }
  readonly refusals = new Map<string, number>()
  readonly torn = { dropped: 0, torn: 0, garbled: 0, undoneNames: 0 }
  readonly styles = new Map<string, number>()

  cut(torn: Torn): void {
    this.cuts += 1
    this.styles.set(torn.style, (this.styles.get(torn.style) ?? 0) + 1)
    for (const what of ['dropped', 'torn', 'garbled', 'undoneNames'] as const) this.torn[what] += torn[what]
  }

  verdict(verdict: Verdict): void {
    if (verdict.found === 'whole') this.whole += 1
    if (verdict.found === 'mixed') this.mixed += 1
    if (verdict.found !== 'short') return
    this.short += 1
    this.lost += verdict.lost
  }

  refusal(code: string): void {
    this.refusals.set(code, (this.refusals.get(code) ?? 0) + 1)
  }

  /** The store did not open or could not be read, and said so. */
  refused(why: string): void {
    this.refusedBecause.push(why)
  }

  /** Images in which something acknowledged was missing, whether or not anybody noticed. */
  get losses(): number {
    return this.short + this.mixed + this.refusedBecause.length
  }

  table(): string {
    const { opening, running, closing } = this.endings
    const counts = (map: ReadonlyMap<string, number>): string => [...map].map(([name, count]) => `${count} ${name}`).join(', ') || 'none'
    return [
      `images looked at     ${this.images}`,
      `power cuts           ${this.cuts} (${opening} while opening or recovering, ${running} among commits, ${closing} at or after the close)`,
      `processes killed     ${this.kills}, on a disk that stays on`,
      `treated as           ${counts(this.styles)}`,
      `sectors              ${this.torn.dropped} dropped, ${this.torn.torn} torn, ${this.torn.garbled} units garbled; ${this.torn.undoneNames} names undone`,
      `commits              ${this.acknowledged} acknowledged; refused: ${counts(this.refusals)}`,
      `found                ${this.whole} whole, ${this.short} short of ${this.lost} commits, ${this.mixed} mixed, ${this.refusedBecause.length} refused`,
    ].join('\n')
  }
}
