/** One socket with one document open. */
import type { Clock } from '../../ports/clock.ts'
import { Allowance } from '../../values/allowance.ts'
import type { Refusal } from '../../values/refusal.ts'
import { type Principal, roleSuffices } from '../principal.ts'
import { decodeLooking, encodeLooking } from './awareness.ts'
import type { Member, YjsRoom } from './room.ts'
import type { YjsSocket } from './rooms.ts'
import { answerMissing, askMissing, decodeSaid, type Said, tellAwareness, tellDenied } from './wire.ts'

/** The shell's side of it. */
export interface YjsSession {
  receive(bytes: Uint8Array): void
  closed(): void
}

export interface TalkParts {
  readonly room: YjsRoom
  readonly socket: YjsSocket
  readonly principal: Principal
  readonly clock: Clock
  /** Resolves after the commit, or with the reason why there was none. */
  readonly write: (update: Uint8Array) => Promise<Refusal | undefined>
  readonly onLeft: () => void
}

const MESSAGES_PER_SECOND = 50
const MESSAGES_BURST = 200
const MAX_BUFFERED_BYTES = 4 * 1024 * 1024
const NOTHING = new Uint8Array([0])
/** What a client without news answers to the question what it has: no structs, no deletions. */
const EMPTY_UPDATE_LENGTH = 2

export class YjsTalk implements YjsSession, Member {
  readonly #parts: TalkParts
  readonly #allowance: Allowance
  /** Messages are taken one after the other: what is written later may rest on what was written before. */
  #last: Promise<void>
  #isDenied = false
  #hasLeft = false

  constructor(parts: TalkParts) {
    this.#parts = parts
    this.#allowance = new Allowance(MESSAGES_PER_SECOND, MESSAGES_BURST, parts.clock.now().monotonic)
    parts.room.join(this)
    this.#last = this.#ask()
  }

  get principal(): string {
    return this.#parts.principal.name
  }

  receive(bytes: Uint8Array): void {
    if (this.#hasLeft) return
    if (!this.#allowance.take(1, this.#parts.clock.now().monotonic)) return this.close(1008, 'too many messages')
    const said = decodeSaid(bytes)
    if (!said.ok) return this.close(4400, said.error.code)
    this.#last = this.#last.then(() => (this.#hasLeft ? undefined : this.#take(said.value)))
  }

  send(bytes: Uint8Array): void {
    if (this.#hasLeft) return
    if (this.#parts.socket.bufferedBytes > MAX_BUFFERED_BYTES) this.close(1013, 'reads too slowly')
    else this.#parts.socket.send(bytes)
  }

  close(code: number, reason: string): void {
    this.#parts.socket.close(code, reason)
    this.closed()
  }

  closed(): void {
    if (this.#hasLeft) return
    this.#hasLeft = true
    this.#parts.room.leave(this)
    this.#parts.onLeft()
  }

  /** What the client has and this node has not: what was written while there was no connection. */
  async #ask(): Promise<void> {
    const held = await this.#parts.room.since(NOTHING)
    if (held.ok) this.send(askMissing(held.value.held))
    else this.close(1011, held.error.code)
  }

  #take(said: Said): Promise<void> | void {
    switch (said.type) {
      case 'lacks':
        return this.#answer(said.stateVector)
      case 'update':
        return this.#write(said.update)
      case 'awareness':
        return this.#look(said.states)
      case 'who':
        return this.send(tellAwareness(encodeLooking(this.#parts.room.looking())))
    }
  }

  async #answer(stateVector: Uint8Array): Promise<void> {
    const missing = await this.#parts.room.since(stateVector).catch(() => undefined)
    if (missing === undefined) return this.close(4400, 'no state vector')
    if (!missing.ok) return this.close(1011, missing.error.code)
    this.send(answerMissing(missing.value.update))
  }

  async #write(update: Uint8Array): Promise<void> {
    if (this.#isDenied || update.length <= EMPTY_UPDATE_LENGTH) return
    const { principal, write } = this.#parts
    if (!roleSuffices(principal.role, 'operator')) return this.#deny(`A ${principal.role} reads only.`)
    const refused = await write(update)
    if (refused !== undefined) this.#deny(`${refused.code}: ${refused.message}`)
  }

  #deny(reason: string): void {
    this.#isDenied = true
    this.send(tellDenied(reason))
  }

  #look(states: Uint8Array): void {
    const heard = decodeLooking(states)
    if (heard === undefined) return this.close(4400, 'no awareness')
    this.#parts.room.hear(this, heard)
  }
}
