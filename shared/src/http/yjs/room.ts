/** Those who have one document open at this node, and how far they have been told. */
import type { Replica } from '../../document/index.ts'
import type { Refusal } from '../../values/refusal.ts'
import { ok, type Result } from '../../values/result.ts'
import { encodeLooking, type Looking, Onlookers } from './awareness.ts'
import { tellAwareness, tellUpdate } from './wire.ts'

export interface Member {
  readonly principal: string
  send(bytes: Uint8Array): void
  close(code: number, reason: string): void
}

type Read = () => Promise<Result<{ readonly replica: Replica } | undefined, Refusal>>

/** A Yjs client that waits for nothing: what a holder of nothing lacks is everything. */
const NOTHING = new Uint8Array([0])

/** Those who look at the same document at other nodes. */
export interface Elsewhere {
  looking(): readonly Looking[]
  told(news: readonly Looking[]): void
}

export class YjsRoom {
  readonly #read: Read
  readonly #elsewhere: Elsewhere | undefined
  readonly #members = new Set<Member>()
  readonly #onlookers = new Onlookers<Member>()
  /** The state vector that every member has been told. */
  #told: Uint8Array | undefined

  constructor(read: Read, elsewhere?: Elsewhere) {
    this.#read = read
    this.#elsewhere = elsewhere
  }

  get isEmpty(): boolean {
    return this.#members.size === 0
  }

  join(member: Member): void {
    this.#members.add(member)
    const looking = this.looking()
    if (looking.length > 0) member.send(tellAwareness(encodeLooking(looking)))
  }

  leave(member: Member): void {
    this.#members.delete(member)
    this.#tellLooking(this.#onlookers.left(member), member)
  }

  hear(member: Member, heard: readonly Looking[]): void {
    this.#tellLooking(this.#onlookers.hear(member, member.principal, heard), member)
  }

  looking(): readonly Looking[] {
    return [...this.#onlookers.all(), ...(this.#elsewhere?.looking() ?? [])]
  }

  /** News of those who look elsewhere. */
  hearElsewhere(news: readonly Looking[]): void {
    const said = tellAwareness(encodeLooking(news))
    for (const member of this.#members) member.send(said)
  }

  /** What a holder of that state lacks, and what this node holds; both durable. */
  async since(stateVector: Uint8Array): Promise<Result<{ readonly update: Uint8Array; readonly held: Uint8Array }, Refusal>> {
    const read = await this.#read()
    if (!read.ok) return read
    const replica = read.value?.replica
    if (replica === undefined) return ok({ update: new Uint8Array([0, 0]), held: NOTHING })
    const held = replica.stateVector()
    this.#told ??= held
    return ok({ update: replica.encodeSince(stateVector), held })
  }

  /** The document has grown: everybody is told what is new since the last time. */
  async grown(): Promise<void> {
    const told = this.#told
    if (told === undefined || this.isEmpty) return
    const news = await this.since(told)
    if (!news.ok) return
    this.#told = news.value.held
    for (const member of this.#members) member.send(tellUpdate(news.value.update))
  }

  close(): void {
    for (const member of this.#members) member.close(1001, 'the node is stopping')
    this.#members.clear()
  }

  #tellLooking(news: readonly Looking[], except: Member): void {
    if (news.length === 0) return
    this.#elsewhere?.told(news)
    const said = tellAwareness(encodeLooking(news))
    for (const member of this.#members) if (member !== except) member.send(said)
  }
}
