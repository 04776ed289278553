/**
 * The moves of the parent's end of the link; its states are drawn in `hub-state.ts`.
 *
 *   H1  Nothing is read before `hello` but `hello`; nothing but `bye` between it and `welcome`.
 *   H2  A node speaks as itself, for homes its principal names, wanting no more of them than it may hold, in a version both ends know.
 *   H3  When the shell answers `admit`, an older session of the same node is over and its commit settled: so the cursors it recalls
 *       are the last ones. (If it errs, the condition on commits still holds: `exchange.ts`.)
 *   H4  Ended stays ended: later inputs change nothing.
 */
import type { Instant } from '../values/instant.ts'
import { abandon, notSent } from './calls.ts'
import { byeOf, closedBy, type End, noCommonVersion, notAllowed, notUnderstood, outOfTurn, silent, stopped } from './close.ts'
import { decodeUp } from './codec.ts'
import { answered, type Conversation, dueAt, heard, openConversation, tick } from './conversation.ts'
import { send } from './exchange.ts'
import type { HubInput, HubOutput, HubSession, HubSettings, HubState, HubStep, MayFollow } from './hub-state.ts'
import type { Hello, Up, Welcome } from './messages/index.ts'
import type { Step } from './step.ts'
import type { Recall } from './streams.ts'
import { commonVersion, VERSIONS } from './versions.ts'

export const openHubSession = (settings: HubSettings, now: Instant): HubStep => {
  const until = now.monotonic + settings.timing.silenceMs
  return withWake({ settings, state: { name: 'awaiting-hello', until }, wakeAt: undefined }, [])
}

export const stepHubSession = (session: HubSession, input: HubInput, now: Instant): HubStep => {
  if (input.type === 'call' && session.state.name !== 'live') return { state: session, outputs: [notSent(input)] }
  if (session.state.name === 'ended') return { state: session, outputs: [] }
  const { state, outputs } = move(session, input, now)
  return withWake(state, outputs)
}

const move = (session: HubSession, input: HubInput, now: Instant): HubStep => {
  const { state } = session
  switch (input.type) {
    case 'received':
      return onFrame(session, input.bytes, now)
    case 'cursors':
      return state.name === 'admitting' ? welcome(session, state, input, now) : { state: session, outputs: [] }
    case 'turned-away':
      return cut(session, { code: 4403, reason: input.reason })
    case 'closed':
      return ended(session, closedBy(input.code, input.reason))
    case 'wake':
      return onWake({ ...session, wakeAt: undefined }, now)
    case 'stop':
      return cut(session, stopped)
    default:
      return converse(session, (conversation) => answered(conversation, input, now.monotonic))
  }
}

const onFrame = (session: HubSession, bytes: Uint8Array, now: Instant): HubStep => {
  const decoded = decodeUp(bytes)
  return decoded.ok ? onMessage(session, decoded.value, now) : cut(session, notUnderstood(decoded.error))
}

const onMessage = (session: HubSession, message: Up, now: Instant): HubStep => {
  const { state } = session
  if (message.type === 'bye') return ended(session, message, disconnect(message))
  if (state.name === 'awaiting-hello' && message.type === 'hello') return admit(session, message, now)
  if (state.name !== 'live' || message.type === 'hello') return cut(session, outOfTurn(message.type, state.name))
  return converse(session, (conversation) => heard(conversation, message, now.monotonic))
}

const admit = (session: HubSession, hello: Hello, now: Instant): HubStep => {
  const version = commonVersion(hello.versions)
  if (version === undefined) return cut(session, noCommonVersion(VERSIONS))
  const wrong = overreach(session.settings, hello)
  if (wrong !== undefined) return cut(session, notAllowed(wrong))
  const { node, life, generation, homes, interests } = hello
  const state = { name: 'admitting', until: now.monotonic + session.settings.timing.silenceMs, hello, version } as const
  return {
    state: { ...session, state },
    outputs: [{ type: 'admit', node, life, generation, homes, ...(interests === undefined ? {} : { interests }) }],
  }
}

const overreach = ({ principal }: HubSettings, hello: Hello): string | undefined => {
  if (hello.node !== principal.node) return `"${principal.node}" may not speak as "${hello.node}".`
  const home = hello.homes.find((one) => !principal.homes.includes(one))
  if (home !== undefined) return `"${principal.node}" may not speak for the home "${home}".`
  return principal.mayFollow === undefined || mayHave(principal.mayFollow, hello)
    ? undefined
    : `"${principal.node}" may not hold all that it wants.`
}

/** What a child holds already it got under its rights, or wrote. */
const mayHave = ({ documents, queues }: MayFollow, { interests }: Hello): boolean =>
  interests?.every((wish) => (documents || wish.documents.length === 0) && wish.queues.every((queue) => queues.includes(queue))) ?? false

const welcome = (session: HubSession, state: Extract<HubState, { name: 'admitting' }>, recall: Recall, now: Instant): HubStep => {
  const { hub, timing } = session.settings
  const { homes, node: peer, generation: peerGeneration, cursors: theyHold } = state.hello
  const { generation, cursors, refusals } = recall
  const greeting: Welcome = { type: 'welcome', version: state.version, hub, generation, cursors, serverTime: now.wall }
  const opening = { homes, peer, peerGeneration, theyHold, recall: { generation, cursors, refusals } }
  const opened = openConversation(opening, now.monotonic, timing)
  return { state: { ...session, state: { name: 'live', conversation: opened.state } }, outputs: [send(greeting), ...opened.outputs] }
}

const onWake = (session: HubSession, now: Instant): HubStep => {
  const { state, settings } = session
  if (state.name === 'live') return converse(session, (conversation) => tick(conversation, now.monotonic, settings.timing))
  const due = state.name !== 'ended' && now.monotonic >= state.until
  return due ? cut(session, silent(settings.timing.silenceMs)) : { state: session, outputs: [] }
}

const converse = (session: HubSession, say: (conversation: Conversation) => Step<Conversation>): HubStep => {
  if (session.state.name !== 'live') return { state: session, outputs: [] }
  const step = say(session.state.conversation)
  if (step.end !== undefined) return ending(step.outputs, cut(session, step.end))
  return { state: { ...session, state: { name: 'live', conversation: step.state } }, outputs: step.outputs }
}

/** What a step that ended the session had to say, and its end. */
const ending = (outputs: readonly HubOutput[], end: HubStep): HubStep => ({ ...end, outputs: [...outputs, ...end.outputs] })

const cut = (session: HubSession, end: End): HubStep => ended(session, end, byeOf(end), disconnect(end))

const ended = (session: HubSession, { code, reason }: End, ...outputs: readonly HubOutput[]): HubStep => ({
  state: { ...session, state: { name: 'ended', end: { code, reason } } },
  outputs: session.state.name === 'live' ? [...outputs, ...abandon(session.state.conversation.calls)] : outputs,
})

const disconnect = ({ code, reason }: End): HubOutput => ({ type: 'disconnect', code, reason: reason.code })

const withWake = (session: HubSession, outputs: readonly HubOutput[]): HubStep => {
  const wakeAt = deadlineOf(session.state)
  if (wakeAt === undefined || wakeAt === session.wakeAt) return { state: { ...session, wakeAt }, outputs }
  return { state: { ...session, wakeAt }, outputs: [...outputs, { type: 'wake-at', monotonic: wakeAt }] }
}

const deadlineOf = (state: HubState): number | undefined => {
  switch (state.name) {
    case 'ended':
      return undefined
    case 'live':
      return dueAt(state.conversation)
    default:
      return state.until
  }
}
