/**
 * What the link allows, and why that much.
 *
 * Pushes aim far below the frame limit: a slow line then shows signs of life many times within the silence limit, and a frame
 * never delays a heartbeat for long.
 */
const KIB = 1024
const MIB = 1024 * KIB

/** A longer frame is refused unread. */
export const MAX_FRAME_BYTES = MIB

/** Nesting of values within a frame. */
export const MAX_FRAME_DEPTH = 16

/** Values within a frame: a frame of a million tiny ones costs far more to check than to send. */
export const MAX_FRAME_VALUES = 16 * KIB

/** A push is closed when its updates reach this; an update longer than this travels in pieces. */
export const PUSH_BYTES = 64 * KIB

/** Credit: no new group is begun while this much is pushed and unacknowledged. */
export const WINDOW_BYTES = MIB

/** What a receiver holds uncommitted at most: a full window and the largest group. */
export const MAX_HELD_BYTES = 17 * MIB

/** Unread by the peer at most, for each home: what it may be sent without an ack, and this much of small talk besides. */
export const MAX_BUFFERED_BYTES = MAX_HELD_BYTES + 4 * MIB

/** Frames that a peer may send: some times what the fastest catching up needs. */
export const FRAMES_PER_SECOND = 5_000
export const FRAMES_BURST = 20_000

/** Bytes that an update costs in a frame besides its content, at most. */
export const UPDATE_OVERHEAD_BYTES = 160

/** Feed entries asked for at a time. */
export const PAGE_ENTRIES = 128

/** After so many feed entries that are the peer's own, its cursor is moved by an empty push, so a reconnect doesn't read them again. */
export const SKIPPED_ENTRIES = 512

/** Calls that one end may have open at the other; one more is refused at once. */
export const MAX_OPEN_CALLS = 256

/** A call or a reply, as a frame. What is larger belongs in the feeds, or in several calls. */
export const MAX_CALL_BYTES = 256 * KIB
