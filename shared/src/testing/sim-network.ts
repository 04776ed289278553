/**
 * The network between named nodes: who listens, who dials, and the ways between them. Connections keep the promises of
 * `ports/transport`; everything that goes wrong goes wrong as it does under TCP (sim-connection, sim-link).
 *
 * A dial through a cut, in either direction, ends after the connect timeout; one to a node where nobody listens is refused at once.
 */
import type { Connection, ConnectionHandlers } from '../ports/transport.ts'
import type { Kernel } from './kernel.ts'
import type { Prng } from './prng.ts'
import { type DialHandlers, End } from './sim-connection.ts'
import { type LinkConditions, SimLink } from './sim-link.ts'
import type { SimProcess } from './sim-process.ts'

export type Accept = (connection: Connection, from: string) => ConnectionHandlers
export type Way = readonly [from: string, to: string]

/** One node may offer several: its hub, its agents' socket. */
const DEFAULT_SERVICE = 'hub'
const CONNECT_TIMEOUT_MS = 10_000

interface Listener {
  readonly process: SimProcess
  readonly accept: Accept
}

export class SimNetwork {
  readonly #kernel: Kernel
  readonly #prng: Prng
  readonly #conditions: LinkConditions
  readonly #links = new Map<string, SimLink>()
  readonly #listeners = new Map<string, Listener>()
  #ends: { readonly end: End; readonly way: Way }[] = []

  constructor(kernel: Kernel, prng: Prng, conditions: LinkConditions) {
    this.#kernel = kernel
    this.#prng = prng.stream('network')
    this.#conditions = conditions
  }

  link(from: string, to: string): SimLink {
    const key = `${from}>${to}`
    const known = this.#links.get(key)
    if (known !== undefined) return known
    const link = new SimLink(this.#kernel, this.#prng, from, to, this.#conditions)
    this.#links.set(key, link)
    return link
  }

  /** Stops when the process dies; a later listener of the same name takes its place. */
  listen(process: SimProcess, accept: Accept, service: string = DEFAULT_SERVICE): void {
    this.#listeners.set(`${process.name}/${service}`, { process, accept })
  }

  /** Calls `onOpen` or `onClose`. The returned function gives the attempt up, `onClose` follows; it does nothing once open. */
  dial(process: SimProcess, to: string, handlers: DialHandlers, service: string = DEFAULT_SERVICE): () => void {
    const end = new End(this.#kernel, process)
    const giveUp = (reason: string): void => {
      if (end.opening) end.fail(reason)
    }
    const cancelTimeout = process.after(CONNECT_TIMEOUT_MS, `dial ${to} timed out`, () => giveUp('unreachable'))
    end.handle(
      {
        onMessage: (message) => handlers.onMessage(message),
        onClose: (code, reason) => {
          cancelTimeout()
          handlers.onClose(code, reason)
        },
      },
      () => {
        cancelTimeout()
        handlers.onOpen(end)
      },
    )
    const outward = this.link(process.name, to)
    if (!outward.isCut) this.#kernel.at(outward.transitMs(0), `dialled by ${process.name}`, () => this.#knock(end, to, service), to)
    return () => giveUp('given up')
  }

  #knock(dialler: End, to: string, service: string): void {
    const from = dialler.process.name
    const homeward = this.link(to, from)
    if (this.link(from, to).isCut) return
    const listener = this.#listeners.get(`${to}/${service}`)
    if (listener?.process.alive) listener.process.enter(() => this.#open(dialler, listener))
    else if (!homeward.isCut)
      this.#kernel.at(homeward.transitMs(0), `refused by ${to}`, () => dialler.opening && dialler.fail('refused'), from)
  }

  #open(dialler: End, { process, accept }: Listener): void {
    if (!dialler.opening) return
    const from = dialler.process.name
    const end = new End(this.#kernel, process)
    end.accept(dialler, this.link(from, process.name), this.link(process.name, from))
    end.handle(accept(end, from))
    this.#ends = this.#ends.filter((known) => !known.end.ended)
    this.#ends.push({ end, way: [process.name, from] }, { end: dialler, way: [from, process.name] })
  }

  /** Cuts these ways; returns what heals them. */
  cut(ways: readonly Way[]): () => void {
    const heals = ways.map(([from, to]) => this.link(from, to).cut())
    return () => {
      for (const heal of heals) heal()
    }
  }

  /** Breaks every connection between two nodes; both ends are told. */
  reset(one: string, other: string): void {
    for (const end of this.#endsOf([one, other])) end.breakBoth('reset')
  }

  /** What present connections send this way vanishes from now on, and nobody is told. New connections are whole. */
  deafen(way: Way): void {
    for (const end of this.#endsOf(way)) end.deafen()
  }

  /** Living ends that send this way. */
  #endsOf([from, to]: Way): readonly End[] {
    return this.#ends.filter(({ end, way }) => !end.ended && way[0] === from && way[1] === to).map(({ end }) => end)
  }
}
