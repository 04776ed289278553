export { acknowledge, type Backlog, clear, emptyBacklog, grow, type Mark, oldestIn, pendingIn, restart } from './backlog.ts'
export type { End } from './close.ts'
export { decodeDown, decodeUp, encodeMessage } from './codec.ts'
export { answerTo, beginSearch, type Difference, hearAnswer, questionOf } from './digest.ts'
export { readAnswer, readQuestion, writeAnswer, writeQuestion } from './digest-wire.ts'
export type { CallInput, CallOutput, FeedEntry, FeedUpdate, Refused, StreamInput, StreamOutput, UnnotedRefusal } from './exchange.ts'
export { openHubSession, stepHubSession } from './hub-session.ts'
export type { HubInput, HubOutput, HubSession, HubSettings, HubState, HubStep, MayFollow } from './hub-state.ts'
export { type Held, Inventory, WHOLE } from './inventory.ts'
export { FRAMES_BURST, FRAMES_PER_SECOND, MAX_BUFFERED_BYTES, MAX_FRAME_BYTES, SKIPPED_ENTRIES } from './limits.ts'
export type { Cursor, Down, Interest, Up } from './messages/index.ts'
export {
  type HomeStatus,
  type HubSessionStatus,
  hubSessionStatus,
  isOtherHub,
  type LinkCondition,
  sentenceOf,
  settledByHub,
  settledOf,
  type UplinkStatus,
  uplinkStatus,
} from './status.ts'
export type { Recall } from './streams.ts'
export { DEFAULT_TIMING, type Timing } from './timing.ts'
export { openUplink, stepUplink } from './uplink.ts'
export type {
  Moment,
  SessionInput,
  Uplink,
  UplinkInput,
  UplinkOutput,
  UplinkSettings,
  UplinkState,
  UplinkStep,
} from './uplink-state.ts'
export { VERSIONS } from './versions.ts'
