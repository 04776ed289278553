/** Automerge's actor ids are Yjs's client ids here, in 16 hex digits: one arithmetic tells whose life of which node wrote something (D2). */
const DIGITS = 16

export const actorOf = (clientId: number): string => clientId.toString(16).padStart(DIGITS, '0')

/** Undefined for what no node of ours would be called. */
export const clientOfActor = (actor: string): number | undefined => {
  const client = /^[0-9a-f]{16}$/.test(actor) ? Number.parseInt(actor, 16) : Number.NaN
  return Number.isSafeInteger(client) ? client : undefined
}
