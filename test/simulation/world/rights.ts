/** What the ends of a link may write into a home's documents (D3). */
import type { Rights } from '@holdfast/shared/document'

const MAX_BYTES = 1024 * 1024

/** Node numbers, as enrolment would give them. */
export const NODE_NUMBERS: Readonly<Record<string, number>> = { cloud: 1, 'harbour-gateway': 2, 'hillside-gateway': 3 }

export const numberOf = (node: string): number => {
  const number = NODE_NUMBERS[node]
  if (number === undefined) throw new RangeError(`${node} is not enrolled`)
  return number
}

/** At the coordinator: a gateway is the authority of its home. */
export const rightsOfGateway = (peer: string): Rights => ({
  nodes: new Set([numberOf(peer)]),
  authority: true,
  maxEpoch: 1,
  mayPropose: true,
  mayWriteText: true,
  maxBytes: MAX_BYTES,
})

/** At a gateway: the hub passes on what others proposed, and writes no log. */
export const rightsOfHub: Rights = {
  nodes: 'any',
  authority: false,
  mayPropose: true,
  mayWriteText: true,
  maxBytes: MAX_BYTES,
  acknowledged: new Map(),
}
