/**
 * A peer that means harm, on the line between the hub and a gateway. It knows what the documents hold, and forges updates that no honest
 * node would send: entries in the middle of a log, under the authority's own name; removed proposals; a future written for somebody else.
 */
import { collect, type Prng } from '@holdfast/shared/testing'
import * as Y from 'yjs'
import type { Frame } from './frame.ts'
import type { Gateway } from './gateway.ts'
import { CLOUD } from './setup.ts'

const ATTACKS = 4

export const scheduleAttacks = (frame: Frame, gateways: readonly Gateway[]): void => {
  const prng = frame.prng.stream('hostile')
  for (let n = 0; n < ATTACKS; n += 1) {
    const victim = prng.pick(gateways)
    const when = prng.between(0, frame.setup.particulars.safetyMs)
    frame.kernel.at(when, 'an attack', () => attack(frame, victim, prng.stream(`attack ${n}`)))
  }
}

const attack = async ({ kernel }: Frame, { home, host }: Gateway, prng: Prng): Promise<void> => {
  const life = host.life
  if (life === undefined) return
  const known = (await collect(life.engine.summaries())).filter(({ open }) => open)
  if (known.length === 0) return
  const { id } = prng.pick(known)
  const read = await life.engine.read(id)
  const replica = read.ok ? read.value?.replica : undefined
  if (replica === undefined) return
  const segment = [...replica.log.segments().keys()].at(-1)
  if (segment === undefined) return
  const update = forged(replica.encode(), segment, prng)
  const cursor = life.engine.cursorOf(`${CLOUD}/${home}`) ?? { generation: `${CLOUD}-1`, sequence: 0 }
  const { generation, sequence } = cursor
  const updates = [{ document: id, sequence, update }]
  const taken = await life.engine.submit({ kind: 'received', peer: CLOUD, home, generation, from: sequence, to: sequence, updates })
  kernel.note(host.name, `an attack on ${id.slice(0, 8)}: ${taken.ok ? `${taken.value.rejected.length} refused` : taken.error.code}`)
  if (taken.ok && taken.value.rejected.length > 0) kernel.history.reached('guard refused a forged update')
}

/** An entry put before the last one, by somebody who is not the log's writer. */
const forged = (document: Uint8Array, segment: string, prng: Prng): Uint8Array => {
  const doc = new Y.Doc({ guid: '' })
  Y.applyUpdate(doc, document)
  doc.clientID = 7 * 2 ** 25 + prng.between(1, 2 ** 20)
  const before = Y.encodeStateVector(doc)
  const elements = doc.getArray<unknown>(segment)
  elements.insert(Math.max(1, elements.length - 1), [[9, 1, 0, 0]])
  return Y.encodeStateAsUpdate(doc, before)
}
