/** What the hub tells a gateway, overheard on the line: how far it says it holds the gateway's feed, and that it refuses nothing honest. */
import { decodeDown } from '@holdfast/shared/link'
import type { Dial } from '@holdfast/shared/ports'
import { InvariantBroken } from '@holdfast/shared/testing'
import type { Frame } from './frame.ts'
import { CLOUD } from './setup.ts'

/** Acks and refusals are short; pushes need not be read twice. */
const SHORT_BYTES = 400

export const overheard =
  (frame: Frame, node: string, dial: Dial): Dial =>
  (handlers) =>
    dial({
      ...handlers,
      onMessage: (bytes) => {
        if (bytes.length <= SHORT_BYTES) listen(frame, node, bytes)
        handlers.onMessage(bytes)
      },
    })

const listen = ({ ledger, kernel }: Frame, node: string, bytes: Uint8Array): void => {
  const decoded = decodeDown(bytes)
  if (!decoded.ok) return
  const message = decoded.value
  if (message.type === 'ack') {
    const key = `${CLOUD} ${node}/${message.home}`
    ledger.acks.set(key, Math.max(ledger.acks.get(key) ?? 0, message.sequence))
  }
  if (message.type !== 'reject') return
  const { document, refusal } = message
  kernel.fail(new InvariantBroken({ invariant: 'D3 nothing honest is refused', details: { node, document, code: refusal.code } }))
}
