/**
 * Browsers can set no header on a WebSocket, and a token in an address ends in logs. So a page asks for a ticket with its token and opens
 * the socket with that: bound to the principal, good once, for 30 seconds (monotonic), known to this process only.
 *
 *   POST /api/v1/tickets ──issue──▶ ticket ──/ws/workflows?ticket=…──▶ redeem ──▶ principal, once
 */
import type { Random } from '../ports/random.ts'
import type { Instant } from '../values/instant.ts'
import type { Principal } from './principal.ts'

export const TICKET_LIFETIME_MS = 30_000
const MAX_OPEN_TICKETS = 1_000
const TICKET_WORDS = 4

interface OpenTicket {
  readonly principal: Principal
  readonly expiresAt: number
}

export class TicketOffice {
  readonly #random: Random
  readonly #now: () => Instant
  /** In the order issued, which is the order of expiry. */
  readonly #open = new Map<string, OpenTicket>()

  constructor({ random, now }: { readonly random: Random; readonly now: () => Instant }) {
    this.#random = random
    this.#now = now
  }

  issue(principal: Principal): string {
    const now = this.#now().monotonic
    this.#discard(now)
    const ticket = Array.from({ length: TICKET_WORDS }, () => this.#random.u32().toString(16).padStart(8, '0')).join('')
    this.#open.set(ticket, { principal, expiresAt: now + TICKET_LIFETIME_MS })
    return ticket
  }

  /** Undefined when it never was, was used, or is too old. */
  redeem(ticket: string): Principal | undefined {
    const open = this.#open.get(ticket)
    this.#open.delete(ticket)
    return open !== undefined && this.#now().monotonic < open.expiresAt ? open.principal : undefined
  }

  /** Makes room for one more: expired tickets go, and the oldest when the office is full. */
  #discard(now: number): void {
    for (const [ticket, { expiresAt }] of this.#open) {
      if (now < expiresAt && this.#open.size < MAX_OPEN_TICKETS) return
      this.#open.delete(ticket)
    }
  }
}
