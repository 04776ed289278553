/**
 * All streams of one session: for every home a sender and a receiver. Both ends use it alike.
 */
import { refusal } from '../values/refusal.ts'
import { type End, notUnderstood } from './close.ts'
import { type StreamInput, type StreamOutput, send, type UnnotedRefusal } from './exchange.ts'
import type { Both, Cursor, Interest } from './messages/index.ts'
import { commitDone, commitFailed, openReceiver, type Receiver, receivePush, rejectOf } from './receiver.ts'
import { acknowledged, feedGrew, feedPage, isWaiting, openSender, refusedByPeer, type Sender } from './sender.ts'
import { endWith, type Step, stay } from './step.ts'

export interface Streams {
  readonly senders: ReadonlyMap<string, Sender>
  readonly receivers: ReadonlyMap<string, Receiver>
}

/** What this end recalls from its store when a session begins. */
export interface Recall {
  /** Of this end's feeds: its store's, and another one once the store was found to be older than what it sent. */
  readonly generation: string
  /** How far this end durably holds the peer's feeds. */
  readonly cursors: readonly Cursor[]
  /** What of the homes this end wants to hold, when not all; a child's only. */
  readonly interests?: readonly Interest[]
  /** Refusals of the peer's updates that it has not noted yet. */
  readonly refusals: readonly UnnotedRefusal[]
}

export interface Opening {
  readonly homes: readonly string[]
  readonly peer: string
  readonly peerGeneration: string
  /** How far the peer durably holds our feeds. */
  readonly theyHold: readonly Cursor[]
  readonly recall: Recall
}

export type StreamMessage = Extract<Both, { type: 'push' | 'ack' | 'reject' | 'noted' }>

export const openStreams = (opening: Opening, at: number): Step<Streams> => {
  const senders = new Map<string, Sender>()
  const receivers = new Map<string, Receiver>()
  const outputs: StreamOutput[] = opening.recall.refusals.map(rejectOf)
  for (const home of opening.homes) {
    const { peer, peerGeneration, theyHold, recall } = opening
    const { generation } = recall
    const opened = openSender({ home, peer, generation, cursor: cursorIn(theyHold, home, generation) }, at)
    senders.set(home, opened.state)
    outputs.push(...opened.outputs)
    receivers.set(home, openReceiver(home, peerGeneration, cursorIn(recall.cursors, home, peerGeneration)))
  }
  return { state: { senders, receivers }, outputs }
}

export const hear = (streams: Streams, message: StreamMessage, at: number): Step<Streams> => {
  const { home } = message
  if (!streams.senders.has(home)) return endWith(streams, unknownHome(home))
  switch (message.type) {
    case 'push':
      return atReceiver(streams, home, (receiver) => receivePush(receiver, message))
    case 'ack':
      return atSender(streams, home, (sender) => acknowledged(sender, message, at))
    case 'reject':
      return atSender(streams, home, (sender) => refusedByPeer(sender, message))
    case 'noted':
      return stay(streams, { ...message, type: 'forget-refusal' })
    default:
      return message satisfies never
  }
}

export const answer = (streams: Streams, input: StreamInput, at: number): Step<Streams> => {
  switch (input.type) {
    case 'feed-grew':
      return atSender(streams, input.home, (sender) => feedGrew(sender, at))
    case 'feed-page':
      return atSender(streams, input.home, (sender) => feedPage(sender, input, at))
    case 'committed':
      return atReceiver(streams, input.home, (receiver) => commitDone(receiver, input.refused))
    case 'commit-failed':
      return atReceiver(streams, input.home, (receiver) => commitFailed(receiver, input.reason))
    case 'rejection-noted':
      return stay(streams, notedOf(input))
    default:
      return input satisfies never
  }
}

/** The home that has waited longest for an answer, and since when; undefined when none waits. */
export const longestWait = (streams: Streams): { readonly home: string; readonly since: number } | undefined => {
  const waiting = [...streams.senders.values()].filter(isWaiting)
  const first = waiting.reduce<Sender | undefined>((old, one) => (old && old.progressAt <= one.progressAt ? old : one), undefined)
  return first && { home: first.home, since: first.progressAt }
}

/** Named member by member: an input may carry more than the message, which is strict, may hold. */
const notedOf = ({ home, generation, sequence }: { home: string; generation: string; sequence: number }): StreamOutput =>
  send({ type: 'noted', home, generation, sequence })

const cursorIn = (cursors: readonly Cursor[], home: string, generation: string): number =>
  cursors.find((cursor) => cursor.home === home && cursor.generation === generation)?.sequence ?? 0

const unknownHome = (home: string): End =>
  notUnderstood(refusal('fix-request', 'unknown-home', `This session does not speak for the home "${home}".`))

const atSender = (streams: Streams, home: string, move: (sender: Sender) => Step<Sender>): Step<Streams> => {
  const sender = streams.senders.get(home)
  if (sender === undefined) return stay(streams)
  const step = move(sender)
  return { ...step, state: { ...streams, senders: withOne(streams.senders, home, step.state) } }
}

const atReceiver = (streams: Streams, home: string, move: (receiver: Receiver) => Step<Receiver>): Step<Streams> => {
  const receiver = streams.receivers.get(home)
  if (receiver === undefined) return stay(streams)
  const step = move(receiver)
  return { ...step, state: { ...streams, receivers: withOne(streams.receivers, home, step.state) } }
}

const withOne = <Value>(map: ReadonlyMap<string, Value>, key: string, value: Value): ReadonlyMap<string, Value> =>
  new Map(map).set(key, value)
