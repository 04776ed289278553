/**
 * Yjs client ids carry the node that owns them, so rights are arithmetic (D2):
 *
 *   client id = (128 + node number) · 2²⁵ + 25 random bits, fresh at each start; the node number is given at enrolment
 *
 * They fill 53 bits, the largest integer a JavaScript number holds exactly. The first 2³² belong to guests: programs that speak plain
 * Yjs draw their ids there.
 */
const LIFE_BITS = 25
const LIFE_SPAN = 2 ** LIFE_BITS
const GUESTS_SPAN = 2 ** 32
const FIRST_SPAN = GUESTS_SPAN / LIFE_SPAN

export const MAX_NODE_NUMBER = 2 ** 28 - 1 - FIRST_SPAN

/** @param random32 a fresh random 32-bit unsigned integer; its upper 25 bits are used */
export const clientIdOf = (nodeNumber: number, random32: number): number =>
  (FIRST_SPAN + nodeNumber) * LIFE_SPAN + Math.floor(random32 / 2 ** (32 - LIFE_BITS))

/** Below 0 for a guest's id. */
export const nodeNumberOf = (clientId: number): number => Math.floor(clientId / LIFE_SPAN) - FIRST_SPAN

export const isGuest = (clientId: number): boolean => clientId < GUESTS_SPAN
