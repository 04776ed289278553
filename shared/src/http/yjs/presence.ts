/**
 * Who looks at a document at other nodes: told from node to node over the link, by calls that nobody waits for, and never stored.
 *
 *   room ──news of this node──▶ told ──▶ every neighbour
 *   neighbour ──heard──▶ room of this node, and every other neighbour
 *
 *   P1  A neighbour vouches for the principals of its states; what is not newer than what is known is passed over, so nothing goes round.
 *   P2  When a line is lost, those who looked beyond it are said to have left.
 *   P3  What is known is bounded, for each document and in all.
 */
import type { CallHandler } from '../../engine/call-desk.ts'
import { isJsonObject, type Json } from '../../values/json.ts'
import { refusal } from '../../values/refusal.ts'
import { err, ok } from '../../values/result.ts'
import type { Looking } from './awareness.ts'

export const PRESENCE = 'presence'

/** Another node that this one has a line to, now. */
export interface Neighbour {
  readonly node: string
  /** Sent if it can be; nobody waits for an answer. */
  tell(home: string, body: Json): void
}

type Listener = (workflow: string, news: readonly Looking[]) => void

interface Known {
  readonly peer: string
  readonly looking: Looking
}

const MAX_STATES = 64
const MAX_DOCUMENTS = 1_000

export class PresenceRelay {
  readonly #neighbours: () => readonly Neighbour[]
  readonly #known = new Map<string, Map<number, Known>>()
  #listener: Listener = () => {}

  constructor(neighbours: () => readonly Neighbour[]) {
    this.#neighbours = neighbours
  }

  /** Called with what is new of other nodes. */
  listen(listener: Listener): void {
    this.#listener = listener
  }

  /** Those who look at other nodes. */
  looking(workflow: string): readonly Looking[] {
    return [...(this.#known.get(workflow)?.values() ?? [])].map(({ looking }) => looking)
  }

  /** News of this node. */
  told(home: string, workflow: string, news: readonly Looking[]): void {
    this.#pass(home, workflow, news)
  }

  readonly handler: CallHandler = async ({ peer, home, body }) => {
    const said = readSaid(body)
    if (said === undefined) return err(refusal('fix-request', 'bad-presence', 'What was said tells of nobody.'))
    const news = said.looking.filter((each) => this.#isNews(peer, said.workflow, each))
    if (news.length > 0) {
      this.#listener(said.workflow, news)
      this.#pass(home, said.workflow, news, peer)
    }
    return ok(null)
  }

  /** The line to a neighbour is lost. */
  lost(home: string, peer: string): void {
    for (const [workflow, known] of [...this.#known]) {
      const gone = [...known.values()].filter((each) => each.peer === peer).map(({ looking }) => leaving(looking))
      for (const { client } of gone) known.delete(client)
      if (known.size === 0) this.#known.delete(workflow)
      if (gone.length === 0) continue
      this.#listener(workflow, gone)
      this.#pass(home, workflow, gone, peer)
    }
  }

  #isNews(peer: string, workflow: string, looking: Looking): boolean {
    const known = this.#known.get(workflow) ?? new Map<number, Known>()
    const before = known.get(looking.client)
    if (before === undefined ? looking.state === null || !this.#hasRoom(workflow, known) : before.looking.clock >= looking.clock)
      return false
    if (looking.state === null) known.delete(looking.client)
    else known.set(looking.client, { peer, looking })
    if (known.size === 0) this.#known.delete(workflow)
    else this.#known.set(workflow, known)
    return true
  }

  #hasRoom(workflow: string, known: ReadonlyMap<number, Known>): boolean {
    return known.size < MAX_STATES && (this.#known.has(workflow) || this.#known.size < MAX_DOCUMENTS)
  }

  #pass(home: string, workflow: string, news: readonly Looking[], except?: string): void {
    const body: Json = { workflow, looking: news.map(({ client, clock, state }) => ({ client, clock, state })) }
    for (const neighbour of this.#neighbours()) if (neighbour.node !== except) neighbour.tell(home, body)
  }
}

const leaving = ({ client, clock }: Looking): Looking => ({ client, clock: clock + 1, state: null })

const readSaid = (body: Json): { readonly workflow: string; readonly looking: readonly Looking[] } | undefined => {
  if (!isJsonObject(body) || typeof body.workflow !== 'string' || !Array.isArray(body.looking)) return undefined
  const all: readonly Json[] = body.looking
  const looking = all.slice(0, MAX_STATES).flatMap((each) => {
    if (!isJsonObject(each)) return []
    const { client, clock, state } = each
    const isState = state === null || isJsonObject(state)
    return typeof client === 'number' && typeof clock === 'number' && isState ? [{ client, clock, state }] : []
  })
  return { workflow: body.workflow, looking }
}
