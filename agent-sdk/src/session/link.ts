/** The line to the gateway: connecting with back-off, hello, heartbeats, and noticing that it is dead. */
import { AGENT_PROTOCOL_VERSION, type Heartbeat, type Hello, type Welcome } from '@holdfast/shared/agent-protocol'
import { sha256Hex } from '@holdfast/shared/values'
import { change, type Draft, say, tell } from './draft.ts'
import { sendResults } from './endings.ts'
import { dropBeginnings, raiseEpoch, resumeInterrupted } from './offers.ts'
import { holding, type Link, type Ready, type SessionState } from './state.ts'

/** A gateway that answers none of this many heartbeats in a row is taken for cut off. */
export const SILENT_BEATS = 3

/** A gateway that talks but never answers a heartbeat must not fill memory. */
const MOST_UNANSWERED = 32

/** Beats are never closer than this, however short a lease. */
const SHORTEST_BEAT_MS = 100

export const connect = (draft: Draft): void => {
  change(draft, { link: { at: 'connecting', failures: failuresOf(draft.state.link) } })
  draft.outputs.push({ type: 'connect' })
}

export const onConnected = (draft: Draft, now: number): void => {
  if (draft.state.link.at !== 'connecting') return
  change(draft, { link: { at: 'greeting', failures: draft.state.link.failures, since: now } })
  draft.outputs.push({ type: 'send', message: helloOf(draft.state) })
}

const helloOf = (state: SessionState): Hello => {
  const { agent, kind, capabilities, capacity, sdk } = state.config
  const hello: Hello = {
    type: 'hello',
    protocol: AGENT_PROTOCOL_VERSION,
    agent,
    kind,
    capabilities,
    capacity,
    holding: holding(state),
    sdk,
  }
  return state.position === undefined ? hello : { ...hello, position: state.position }
}

export const onWelcome = (draft: Draft, welcome: Welcome, now: number): void => {
  const highest = draft.state.epoch
  if (welcome.epoch < highest) {
    tell(draft, { type: 'stale-gateway', epoch: welcome.epoch, highest })
    return hangUp(draft, now, 'stale epoch', 'wait')
  }
  raiseEpoch(draft, welcome.epoch)
  if (draft.state.link.at === 'greeting') becomeReady(draft, welcome, now, draft.state.link.since)
}

/** The hello named what is held, so it renewed the leases as a heartbeat does: from when it was sent. */
const becomeReady = (draft: Draft, { gateway, epoch, heartbeatMs }: Welcome, now: number, helloSentAt: number): void => {
  change(draft, { renewedAt: helloSentAt, link: { at: 'ready', heartbeatMs, beatAt: now, heardAt: now, beats: [] } })
  tell(draft, { type: 'ready', gateway, epoch })
  sendResults(draft, now, Number.POSITIVE_INFINITY)
  resumeInterrupted(draft)
}

/** A cut also ends what was not accepted yet; what is being worked on goes on (leases.ts decides how long). */
export const onCut = (draft: Draft, now: number, code: number, reason: string, then: 'retry' | 'wait'): void => {
  dropBeginnings(draft)
  const failures = failuresOf(draft.state.link)
  const retryInMs = then === 'wait' ? draft.state.config.timing.longestRetryMs : backOff(draft.state, failures)
  change(draft, { link: { at: 'waiting', failures: failures + 1, until: now + retryInMs } })
  tell(draft, { type: 'cut', code, reason, retryInMs })
}

export const hangUp = (draft: Draft, now: number, reason: string, then: 'retry' | 'wait'): void => {
  draft.outputs.push({ type: 'disconnect', code: 1000, reason })
  onCut(draft, now, 1000, reason, then)
}

/** Doubling, and between half and all of that: drawn from the agent's name, so a fleet that was cut off together spreads out. */
const backOff = (state: SessionState, failures: number): number => {
  const { firstRetryMs, longestRetryMs } = state.config.timing
  const drawn = Number.parseInt(sha256Hex(`${state.config.agent} ${failures}`).slice(0, 8), 16) / 2 ** 32
  return Math.min(longestRetryMs, firstRetryMs * 2 ** Math.min(failures, 30)) * (0.5 + drawn / 2)
}

const failuresOf = (link: Link): number => ('failures' in link ? link.failures : 0)

export const onAlive = (draft: Draft, beat: number): void => {
  const { link } = draft.state
  if (link.at !== 'ready') return
  const answered = link.beats.find((sent) => sent.beat === beat)
  if (answered === undefined) return
  change(draft, { renewedAt: answered.sentAt, link: { ...link, beats: link.beats.filter((sent) => sent.beat > beat) } })
}

export const onHeard = (draft: Draft, now: number): void => {
  const { link } = draft.state
  if (link.at === 'ready') change(draft, { link: { ...link, heardAt: now } })
}

export const silentAt = (link: Ready): number => link.heardAt + SILENT_BEATS * link.heartbeatMs

export const tickReady = (draft: Draft, link: Ready, now: number): void => {
  if (now >= silentAt(link)) return hangUp(draft, now, 'silent', 'retry')
  if (now >= link.beatAt) sendBeat(draft, link, now)
  sendResults(draft, now, now - draft.state.config.timing.resendMs)
}

const sendBeat = (draft: Draft, link: Ready, now: number): void => {
  const beat = draft.state.beat + 1
  const beats = [...link.beats, { beat, sentAt: now }].slice(-MOST_UNANSWERED)
  change(draft, { beat, link: { ...link, beatAt: now + beatEveryMs(draft.state, link), beats } })
  say(draft, heartbeatOf(draft.state, beat))
}

/** Often enough that the shortest lease is renewed in time. */
const beatEveryMs = (state: SessionState, link: Ready): number => {
  let shortest = link.heartbeatMs
  for (const held of state.tasks.values()) if (held.phase === 'working') shortest = Math.min(shortest, held.offer.leaseMs / 3)
  return Math.min(link.heartbeatMs, Math.max(SHORTEST_BEAT_MS, shortest))
}

const heartbeatOf = (state: SessionState, beat: number): Heartbeat => {
  const tasks: { task: string; progress?: number }[] = []
  for (const [task, held] of state.tasks) {
    if (held.phase === 'stopping' || held.phase === 'ending') tasks.push({ task })
    if (held.phase === 'working') tasks.push(held.progress === undefined ? { task } : { task, progress: held.progress })
  }
  const heartbeat: Heartbeat = { type: 'heartbeat', beat, tasks }
  return state.position === undefined ? heartbeat : { ...heartbeat, position: state.position }
}
