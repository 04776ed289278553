/**
 * The moves of the child's end of the link; its states are drawn in `uplink-state.ts`.
 *
 *   U1  An answer names the session that asked; one from an earlier session, or for a connection already given up, changes nothing.
 *   U2  Every state but offline has a deadline, told as `wake-at`: nothing waits for ever.
 *   U3  What is durable is recalled from the store in each session; a crash loses nothing that matters here.
 *   U4  A session that lived silenceMs resets the back-off; one that dies young makes the next wait longer.
 *   U5  What ended the last session stays visible until a session has lived.
 *
 * Doesn't know about sockets, stores or clocks: a shell carries out what it says.
 */
import { acknowledge, type Backlog, clear, emptyBacklog, grow, restart } from './backlog.ts'
import { abandon, notSent } from './calls.ts'
import { byeOf, closedBy, type End, noCommonVersion, notUnderstood, outOfTurn, silent, stopped } from './close.ts'
import { decodeDown } from './codec.ts'
import { answered, type Conversation, dueAt, heard, openConversation, tick } from './conversation.ts'
import { type StreamInput, type StreamOutput, send } from './exchange.ts'
import type { Down, Hello, Welcome } from './messages/index.ts'
import { type Sender, settledUpTo } from './sender.ts'
import type { Step } from './step.ts'
import type { Recall } from './streams.ts'
import { retryDelayMs } from './timing.ts'
import type { Moment, PlainOutput, Uplink, UplinkInput, UplinkSettings, UplinkState, UplinkStep } from './uplink-state.ts'
import { VERSIONS } from './versions.ts'

type Backlogs = ReadonlyMap<string, Backlog>
type Live = Extract<UplinkState, { name: 'live' }>

/** @param backlogs what each home's feed is known to hold unacknowledged, from the last run of this process */
export const openUplink = (settings: UplinkSettings, backlogs: Backlogs = new Map()): Uplink => ({
  settings,
  state: { name: 'offline' },
  session: 0,
  failures: 0,
  backlogs,
  lastError: undefined,
  wakeAt: undefined,
})

export const stepUplink = (uplink: Uplink, input: UplinkInput, moment: Moment): UplinkStep =>
  'session' in input && input.session !== uplink.session ? emit(uplink) : withWake(move(uplink, input, moment))

const move = (uplink: Uplink, input: UplinkInput, moment: Moment): UplinkStep => {
  const { state } = uplink
  switch (input.type) {
    case 'start':
      return state.name === 'offline' ? connect(uplink, moment) : emit(uplink)
    case 'stop':
      return halt(uplink)
    case 'wake':
      return onWake({ ...uplink, wakeAt: undefined }, moment)
    case 'feed-grew':
      return onGrowth(uplink, input, moment)
    case 'call':
      if (state.name !== 'live') return emit(uplink, notSent(input))
      return converse(uplink, (conversation) => answered(conversation, input, moment.monotonic), moment)
    case 'connected':
      return state.name === 'connecting' ? recall(uplink, moment) : emit(uplink)
    case 'cursors':
      return state.name === 'recalling' ? greet(uplink, input, moment) : emit(uplink)
    case 'received':
      return isConnected(state) ? onFrame(uplink, input.bytes, moment) : emit(uplink)
    case 'closed':
      return isConnected(state) ? backOff(uplink, closedBy(input.code, input.reason), moment) : emit(uplink)
    default:
      return converse(uplink, (conversation) => answered(conversation, input, moment.monotonic), moment)
  }
}

const connect = (uplink: Uplink, { monotonic }: Moment): UplinkStep => {
  const until = monotonic + uplink.settings.timing.silenceMs
  return emit({ ...uplink, session: uplink.session + 1, state: { name: 'connecting', until } }, { type: 'connect' })
}

const recall = (uplink: Uplink, { monotonic }: Moment): UplinkStep => {
  const { homes, timing } = uplink.settings
  return emit({ ...uplink, state: { name: 'recalling', until: monotonic + timing.silenceMs } }, { type: 'load-cursors', homes })
}

const greet = (uplink: Uplink, { generation, cursors, refusals, interests }: Recall, { monotonic }: Moment): UplinkStep => {
  const { node, life, homes, timing } = uplink.settings
  const wishes = interests === undefined ? {} : { interests }
  const hello: Hello = { type: 'hello', versions: VERSIONS, node, life, generation, homes, cursors, ...wishes }
  const until = monotonic + timing.silenceMs
  return emit({ ...uplink, state: { name: 'greeting', until, recall: { generation, cursors, refusals } } }, send(hello))
}

const onFrame = (uplink: Uplink, bytes: Uint8Array, moment: Moment): UplinkStep => {
  const decoded = decodeDown(bytes)
  return decoded.ok ? onMessage(uplink, decoded.value, moment) : cut(uplink, notUnderstood(decoded.error), moment)
}

const onMessage = (uplink: Uplink, message: Down, moment: Moment): UplinkStep => {
  const { state } = uplink
  if (message.type === 'bye') return backOff(uplink, message, moment, disconnect(message))
  if (state.name === 'greeting' && message.type === 'welcome') return onWelcome(uplink, state.recall, message, moment)
  if (state.name !== 'live' || message.type === 'welcome') return cut(uplink, outOfTurn(message.type, state.name), moment)
  return converse(uplink, (conversation) => heard(conversation, message, moment.monotonic), moment)
}

const onWelcome = (uplink: Uplink, weHold: Recall, welcome: Welcome, moment: Moment): UplinkStep => {
  if (!VERSIONS.includes(welcome.version)) return cut(uplink, noCommonVersion(VERSIONS), moment)
  const { homes, timing } = uplink.settings
  const { hub: peer, generation: peerGeneration, cursors: theyHold } = welcome
  const opening = { homes, peer, peerGeneration, theyHold, recall: weHold }
  const opened = openConversation(opening, moment.monotonic, timing)
  const clockSkewMs = Math.round(moment.wall - welcome.serverTime)
  const live = { name: 'live', hub: peer, clockSkewMs, conversation: opened.state } as const
  return settle({ ...uplink, state: live }, live, opened, moment)
}

const onWake = (uplink: Uplink, moment: Moment): UplinkStep => {
  const { state, settings } = uplink
  switch (state.name) {
    case 'offline':
      return emit(uplink)
    case 'backing-off':
      return moment.monotonic < state.until ? emit(uplink) : connect(uplink, moment)
    case 'live':
      return converse(lived(uplink, state, moment), (conversation) => tick(conversation, moment.monotonic, settings.timing), moment)
    default:
      return moment.monotonic < state.until ? emit(uplink) : cut(uplink, silent(settings.timing.silenceMs), moment)
  }
}

const lived = (uplink: Uplink, { conversation }: Live, { monotonic }: Moment): Uplink =>
  monotonic - conversation.since >= uplink.settings.timing.silenceMs ? { ...uplink, failures: 0, lastError: undefined } : uplink

const onGrowth = (uplink: Uplink, input: Extract<StreamInput, { type: 'feed-grew' }>, moment: Moment): UplinkStep => {
  const { home, end, count } = input
  const backlog = grow(uplink.backlogs.get(home) ?? emptyBacklog, { end, count, at: moment.wall })
  const grown = { ...uplink, backlogs: new Map(uplink.backlogs).set(home, backlog) }
  return converse(grown, (conversation) => answered(conversation, input, moment.monotonic), moment)
}

const converse = (uplink: Uplink, say: (conversation: Conversation) => Step<Conversation>, moment: Moment): UplinkStep =>
  uplink.state.name === 'live' ? settle(uplink, uplink.state, say(uplink.state.conversation), moment) : emit(uplink)

const settle = (uplink: Uplink, live: Live, step: Step<Conversation>, moment: Moment): UplinkStep => {
  const acknowledged = step.outputs.reduce((known, output) => noteAck(known, output, moment.wall), uplink.backlogs)
  if (step.end !== undefined) {
    return before(emit(uplink, ...step.outputs), cut({ ...uplink, backlogs: acknowledged }, step.end, moment))
  }
  const backlogs = withoutSettled(acknowledged, step.state.streams.senders)
  return emit({ ...uplink, backlogs, state: { ...live, conversation: step.state } }, ...step.outputs)
}

/** What a step that ended the session had to say, and its end. */
const before = ({ outputs }: UplinkStep, end: UplinkStep): UplinkStep => ({ ...end, outputs: [...outputs, ...end.outputs] })

const noteAck = (backlogs: Backlogs, output: StreamOutput, wall: number): Backlogs => {
  if (output.type === 'rolled-back') return new Map(backlogs).set(output.home, restart(output.end, wall))
  if (output.type !== 'acknowledged') return backlogs
  return new Map(backlogs).set(output.home, acknowledge(backlogs.get(output.home) ?? emptyBacklog, output.sequence, wall))
}

const withoutSettled = (backlogs: Backlogs, senders: ReadonlyMap<string, Sender>): Backlogs =>
  new Map(
    [...backlogs].map(([home, backlog]) => {
      const sender = senders.get(home)
      return [home, sender === undefined || backlog.marks.length === 0 ? backlog : clear(backlog, settledUpTo(sender))]
    }),
  )

const halt = (uplink: Uplink): UplinkStep =>
  emit({ ...uplink, state: { name: 'offline' } }, ...farewell(uplink.state, stopped), ...unanswered(uplink.state))

const cut = (uplink: Uplink, end: End, moment: Moment): UplinkStep => backOff(uplink, end, moment, ...farewell(uplink.state, end))

const farewell = (state: UplinkState, end: End): readonly PlainOutput[] => {
  if (state.name === 'connecting') return [disconnect(end)]
  return isConnected(state) ? [byeOf(end), disconnect(end)] : []
}

const backOff = (uplink: Uplink, { reason }: End, { wall, monotonic, random }: Moment, ...outputs: readonly PlainOutput[]): UplinkStep => {
  const { failures, settings } = uplink
  const until = monotonic + retryDelayMs(settings.timing, failures, random)
  const next = { ...uplink, failures: failures + 1, lastError: { reason, at: wall }, state: { name: 'backing-off', until } } as const
  return emit(next, ...outputs, ...unanswered(uplink.state))
}

const unanswered = (state: UplinkState): readonly PlainOutput[] => (state.name === 'live' ? abandon(state.conversation.calls) : [])

const isConnected = ({ name }: UplinkState): boolean => name !== 'offline' && name !== 'backing-off'

const disconnect = ({ code, reason }: End): PlainOutput => ({ type: 'disconnect', code, reason: reason.code })

const emit = (uplink: Uplink, ...outputs: readonly PlainOutput[]): UplinkStep => ({
  state: uplink,
  outputs: outputs.map((output) => ({ ...output, session: uplink.session })),
})

const withWake = ({ state: uplink, outputs }: UplinkStep): UplinkStep => {
  const wakeAt = deadlineOf(uplink.state)
  if (wakeAt === uplink.wakeAt) return { state: uplink, outputs }
  const told = { ...uplink, wakeAt }
  if (wakeAt === undefined) return { state: told, outputs }
  return { state: told, outputs: [...outputs, { type: 'wake-at', monotonic: wakeAt, session: uplink.session }] }
}

const deadlineOf = (state: UplinkState): number | undefined => {
  switch (state.name) {
    case 'offline':
      return undefined
    case 'live':
      return dueAt(state.conversation)
    default:
      return state.until
  }
}
