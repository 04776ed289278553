/**
 * Workflow documents, live, for programs that speak plain Yjs (SYN-10): whoever sees the facility reads all of it; whoever may operate
 * writes notes, title and labels, and nothing else.
 *
 *   socket ──▶ session ──text input──▶ engine ──committed──▶ room ──what is new──▶ every session of the document
 *
 *   Y1  Nothing is told that is not durable here.
 *   Y2  What is refused changes nothing, and ends the writing, not the reading: the client's copy now holds what nobody else will, and
 *       what it writes next rests on that. It says so once (`denied`) and goes on to be told; a document loaded anew may write again.
 *   Y3  A client id is its first user's (engine/texts.ts).
 *   Y4  A socket that reads too slowly or says too much is closed; the others notice nothing.
 */
import { writersOf } from '../../document/index.ts'
import type { Engine } from '../../engine/engine.ts'
import { GUESTS, guestKey } from '../../engine/texts.ts'
import type { Clock } from '../../ports/clock.ts'
import type { Store } from '../../ports/store.ts'
import { isJsonObject } from '../../values/json.ts'
import type { Refusal } from '../../values/refusal.ts'
import { type Principal, seesFacility } from '../principal.ts'
import type { Looking } from './awareness.ts'
import type { PresenceRelay } from './presence.ts'
import { type Elsewhere, YjsRoom } from './room.ts'
import { type YjsSession, YjsTalk } from './session.ts'

export interface YjsSocket {
  send(bytes: Uint8Array): void
  close(code: number, reason: string): void
  readonly bufferedBytes: number
}

export interface YjsParts {
  readonly engine: Engine
  readonly store: Pick<Store, 'get'>
  readonly clock: Clock
  /** Who looks at other nodes. */
  readonly presence?: PresenceRelay
  /** Told of every refusal: somebody tried what they may not, or a program is broken. */
  readonly onRefused?: (workflow: string, by: string, reason: Refusal) => void
}

export class YjsRooms {
  readonly #parts: YjsParts
  readonly #rooms = new Map<string, YjsRoom>()
  readonly #stopListening: () => void

  constructor(parts: YjsParts) {
    this.#parts = parts
    this.#stopListening = parts.engine.onCommitted(({ summaries }) => {
      for (const { id } of summaries) void this.#rooms.get(id)?.grown()
    })
    parts.presence?.listen((workflow, news) => this.#rooms.get(workflow)?.hearElsewhere(news))
  }

  /** False for what is not there and for what is not the principal's to see, alike. */
  async mayEnter(workflow: string, principal: Principal): Promise<boolean> {
    const summary = await this.#parts.engine.summary(workflow)
    return summary !== undefined && seesFacility(principal, summary.facility)
  }

  /** For whom `mayEnter` was true. */
  enter(workflow: string, principal: Principal, socket: YjsSocket): YjsSession {
    const { engine, clock } = this.#parts
    const room = this.#rooms.get(workflow) ?? new YjsRoom(() => engine.read(workflow), this.#elsewhere(workflow))
    this.#rooms.set(workflow, room)
    return new YjsTalk({
      room,
      socket,
      principal,
      clock,
      write: (update) => this.#write(workflow, principal.name, update),
      onLeft: () => {
        if (room.isEmpty) this.#rooms.delete(workflow)
      },
    })
  }

  close(): void {
    this.#stopListening()
    for (const room of this.#rooms.values()) room.close()
    this.#rooms.clear()
  }

  #elsewhere(workflow: string): Elsewhere | undefined {
    const { engine, presence } = this.#parts
    if (presence === undefined) return undefined
    const told = async (news: readonly Looking[]): Promise<void> => {
      const summary = await engine.summary(workflow)
      if (summary !== undefined) presence.told(summary.facility, workflow, news)
    }
    return { looking: () => presence.looking(workflow), told: (news) => void told(news) }
  }

  async #write(workflow: string, by: string, update: Uint8Array): Promise<Refusal | undefined> {
    const refused = await this.#put(workflow, by, update)
    if (refused !== undefined) this.#parts.onRefused?.(workflow, by, refused)
    return refused
  }

  async #put(workflow: string, by: string, update: Uint8Array): Promise<Refusal | undefined> {
    const writers = writersOf(update)
    if (!writers.ok) return writers.error
    const claimed: number[] = []
    const clients = new Set<number>()
    for (const client of writers.value) {
      const owner = await this.#ownerOf(workflow, client)
      if (owner === undefined) claimed.push(client)
      if (owner === undefined || owner === by) clients.add(client)
    }
    const taken = await this.#parts.engine.submit({ kind: 'text', workflow, by, update, clients, claimed })
    return taken.ok ? undefined : taken.error
  }

  async #ownerOf(workflow: string, client: number): Promise<string | undefined> {
    const row = await this.#parts.store.get(GUESTS, guestKey(workflow, client))
    return isJsonObject(row) && typeof row.by === 'string' ? row.by : undefined
  }
}
