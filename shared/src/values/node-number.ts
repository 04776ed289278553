/**
 * Yjs client ids carry the node that owns them, so rights are arithmetic (D2):
 *
 *   client id = node number (28 bits, given at enrolment) · 2²⁵ + 25 random bits, fresh at each start
 *
 * 28 + 25 = 53 bits, the largest integer a JavaScript number holds exactly.
 */
const LIFE_BITS = 25
const LIFE_SPAN = 2 ** LIFE_BITS

export const MAX_NODE_NUMBER = 2 ** 28 - 1

/** @param random32 a fresh random 32-bit unsigned integer; its upper 25 bits are used */
export const clientIdOf = (nodeNumber: number, random32: number): number =>
  nodeNumber * LIFE_SPAN + Math.floor(random32 / 2 ** (32 - LIFE_BITS))

export const nodeNumberOf = (clientId: number): number => Math.floor(clientId / LIFE_SPAN)
