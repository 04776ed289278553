/**
 * A session after the greeting, the same at both ends: the streams, the calls, and the signs of life around them.
 *
 *   C1  Both ends ping. The child's pings show the hub a half-open connection, and the hub's show one to the child, even while the
 *       other direction is busy with a long push.
 *   C2  A peer silent for silenceMs, or a stream waiting for stallMs, ends the session. Both are judged at each ping.
 */
import { ask, type Calls, earliestDue, expire, hearCall, hearReply, noCalls, replied } from './calls.ts'
import { silent, stalled } from './close.ts'
import { type CallInput, type StreamInput, send } from './exchange.ts'
import type { Both } from './messages/index.ts'
import { endWith, type Step, stay } from './step.ts'
import { answer, hear, longestWait, type Opening, openStreams, type Streams } from './streams.ts'
import type { Timing } from './timing.ts'

export interface Conversation {
  readonly streams: Streams
  readonly calls: Calls
  /** Monotonic times: when it began, when the peer was last heard, when the next ping is due. */
  readonly since: number
  readonly heardAt: number
  readonly pingAt: number
  readonly pings: number
}

/** A `bye` is not part of the conversation: whoever holds it ends. */
export type Said = Exclude<Both, { type: 'bye' }>

export const openConversation = (opening: Opening, at: number, timing: Timing): Step<Conversation> => {
  const opened = openStreams(opening, at)
  return { ...opened, state: { streams: opened.state, calls: noCalls, since: at, heardAt: at, pingAt: at + timing.pingMs, pings: 0 } }
}

export const heard = (before: Conversation, message: Said, at: number): Step<Conversation> => {
  const conversation = { ...before, heardAt: at }
  switch (message.type) {
    case 'ping':
      return stay(conversation, send({ type: 'pong', n: message.n }))
    case 'pong':
      return stay(conversation)
    case 'call':
      return calling(conversation, hearCall(conversation.calls, message, conversation.streams.senders.has(message.home)))
    case 'reply':
      return calling(conversation, hearReply(conversation.calls, message))
    default:
      return within(conversation, hear(conversation.streams, message, at))
  }
}

export const answered = (conversation: Conversation, input: StreamInput | CallInput, at: number): Step<Conversation> => {
  switch (input.type) {
    case 'call':
      return calling(conversation, ask(conversation.calls, input, at))
    case 'replied':
      return calling(conversation, replied(conversation.calls, input))
    default:
      return within(conversation, answer(conversation.streams, input, at))
  }
}

/** When it next wants to be woken. */
export const dueAt = ({ pingAt, calls }: Conversation): number => Math.min(pingAt, earliestDue(calls) ?? pingAt)

export const tick = (before: Conversation, at: number, timing: Timing): Step<Conversation> => {
  const { state, outputs } = calling(before, expire(before.calls, at))
  const step = ping(state, at, timing)
  // When the session ends, all open calls end with it.
  return step.end === undefined ? { ...step, outputs: [...outputs, ...step.outputs] } : step
}

const ping = (conversation: Conversation, at: number, timing: Timing): Step<Conversation> => {
  if (at < conversation.pingAt) return stay(conversation)
  const silentMs = at - conversation.heardAt
  if (silentMs >= timing.silenceMs) return endWith(conversation, silent(silentMs))
  const wait = longestWait(conversation.streams)
  if (wait !== undefined && at - wait.since >= timing.stallMs) return endWith(conversation, stalled(wait.home, at - wait.since))
  const { pings } = conversation
  return stay({ ...conversation, pings: pings + 1, pingAt: at + timing.pingMs }, send({ type: 'ping', n: pings }))
}

const calling = (conversation: Conversation, step: Step<Calls>): Step<Conversation> => ({
  ...step,
  state: { ...conversation, calls: step.state },
})

const within = (conversation: Conversation, step: Step<Streams>): Step<Conversation> => ({
  ...step,
  state: { ...conversation, streams: step.state },
})
