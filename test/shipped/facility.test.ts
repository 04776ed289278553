/** The facility's definitions, each to its end and through its compensation. */
import { shippedDefinitions } from '@holdfast/shared/system'
import { describe, expect, test } from 'vitest'
import { type Cast, NEVER, Rehearsal } from './rehearsal.ts'

const MINUTE = 60_000
const LINES = [
  { line: 1, sku: 'bolt', quantity: 4, zone: 'a1' },
  { line: 2, sku: 'nut', quantity: 8, zone: 'b2' },
]

const rehearse = (name: string, cast: Cast = {}): Promise<Rehearsal> => Rehearsal.open(shippedDefinitions([name]), cast)

const play = async (name: string, input: object, cast: Cast = {}) => {
  const rehearsal = await rehearse(name, cast)
  const { state } = await rehearsal.ended(await rehearsal.start(name, { ...input }))
  return {
    status: state.status,
    output: state.output,
    failure: state.turnedBack?.error.code,
    played: rehearsal.played,
    took: rehearsal.now,
    rehearsal,
  }
}

describe('DEF-7 order-fulfilment', () => {
  const order = { orderId: 'o-1', customer: 'Ann', hold: false, lines: LINES }
  const inspected: Cast = { inspect: { passed: true }, ship: { parcel: 'p-1' } }

  test('picks, packs, checks, ships, confirms', async () => {
    const { status, output, played } = await play('order-fulfilment', order, inspected)
    expect([status, output]).toEqual(['completed', { orderId: 'o-1', lines: 2, shipment: { parcel: 'p-1' } }])
    expect(played).toEqual(['pick', 'pick', 'pack', 'inspect', 'ship', 'notify'])
  })

  test('one that does not pass its check is unpacked and put back, line by line', async () => {
    const { status, played } = await play('order-fulfilment', order, { inspect: { passed: false } })
    expect(status).toBe('failed')
    expect(played.slice(-3)).toEqual(['unpack', 'put-back', 'put-back'])
  })

  test('one on hold ships when it is released; one that is cancelled too late comes back as a return', async () => {
    const rehearsal = await rehearse('order-fulfilment', inspected)
    const workflow = await rehearsal.start('order-fulfilment', { ...order, hold: true })
    await rehearsal.until(workflow, 'hold', 'running')
    await rehearsal.put(workflow, { type: 'signal', name: 'released', id: 's-1', payload: null })
    expect((await rehearsal.ended(workflow)).state.status).toBe('completed')
    expect(shippedDefinitions(['order-fulfilment']).map(({ definition }) => definition.name)).toEqual(['order-fulfilment', 'order-return'])
  })
})

test('DEF-7 order-return puts away what comes back; there is nothing to undo', async () => {
  const back = { orderId: 'o-1', customer: 'Ann', lines: LINES }
  expect(await play('order-return', back)).toMatchObject({ status: 'completed', output: { orderId: 'o-1', lines: 2 } })
  const { status, played } = await play('order-return', back, { receive: 'lost' })
  expect([status, played]).toEqual(['failed', ['print-label']])
})

describe('DEF-7 cross-facility transfer', () => {
  const transfer = { transferId: 't-1', lines: LINES }

  test('one half picks, loads and dispatches; what can not be dispatched is unloaded and put back', async () => {
    const sent = await play('transfer-dispatch', { ...transfer, destination: 'inland' }, { dispatch: { truck: 7 } })
    expect([sent.status, sent.output]).toEqual(['completed', { transferId: 't-1', dispatch: { truck: 7 } }])
    const kept = await play('transfer-dispatch', { ...transfer, destination: 'inland' }, { dispatch: 'no-truck' })
    expect([kept.status, kept.played]).toEqual(['failed', ['pick', 'pick', 'load', 'unload', 'put-back', 'put-back']])
  })

  test('the other half begins when that is done, or fails with it', async () => {
    for (const succeeded of [true, false]) {
      const rehearsal = await rehearse('transfer-receive')
      const workflow = await rehearsal.start('transfer-receive', { ...transfer, source: 'coast', dispatchKey: 'd-1' })
      await rehearsal.pass(MINUTE)
      expect(rehearsal.played).toEqual([])
      const [wait] = (await rehearsal.summaries()).flatMap(({ waits }) => waits)
      if (wait === undefined) throw new Error('it waits for nothing')
      await rehearsal.put(workflow, { type: 'step-settled-elsewhere', workflow: wait.workflow, step: 'dispatch', succeeded, output: null })
      expect((await rehearsal.ended(workflow)).state.status).toBe(succeeded ? 'completed' : 'failed')
      expect(rehearsal.played).toEqual(succeeded ? ['unload', 'put-away', 'put-away'] : [])
    }
  })
})

describe('DEF-7 replenishment', () => {
  const face = { sku: 'bolt', face: 'a12', minimum: 10, fillTo: 100 }

  test('a face that is full enough is left alone', async () => {
    const { status, played, output } = await play('replenishment', face, { count: { onHand: 10 } })
    expect([status, played, output]).toEqual(['completed', ['count', 'record-stock'], { counted: 10 }])
  })

  test('one that runs low is filled with what is missing', async () => {
    const asked: unknown[] = []
    const reserve = (input: unknown) => {
      asked.push(input)
      return { reservation: 'r-1' }
    }
    const { status, played } = await play('replenishment', face, { count: { onHand: 3 }, 'reserve-stock': reserve })
    expect([status, asked]).toEqual(['completed', [{ sku: 'bolt', quantity: 97 }]])
    expect(played).toEqual(['count', 'reserve-stock', 'fetch', 'put-away', 'record-stock'])
  })

  test('what can not be recorded is taken off, brought back and released', async () => {
    const { status, played } = await play('replenishment', face, { count: { onHand: 3 }, 'record-stock': 'refused' })
    expect([status, played.slice(-3)]).toEqual(['failed', ['clear-face', 'return-to-reserve', 'release-stock']])
  })
})

describe('DEF-7 maintenance', () => {
  const fault = { machine: 'press-1', complaint: 'it squeaks' }
  const cast: Cast = { diagnose: { parts: ['bearing', 'belt'] }, 'inspect-machine': { passed: true } }

  test('locked out, repaired with the parts it needs, inspected, returned to service', async () => {
    const { status, output, played } = await play('maintenance', fault, cast)
    expect([status, output]).toEqual(['completed', { machine: 'press-1', parts: 2, inspection: { passed: true } }])
    expect(played).toEqual(['lock-out', 'diagnose', 'take-part', 'take-part', 'repair', 'inspect-machine', 'return-to-service'])
  })

  test('a repair that takes more than eight hours fails: the parts go back, the machine is tagged', async () => {
    const { status, played, took } = await play('maintenance', fault, { ...cast, repair: NEVER })
    expect([status, played.slice(-3)]).toEqual(['failed', ['put-part-back', 'put-part-back', 'tag-machine']])
    expect(Math.floor(took / (60 * MINUTE))).toBe(8)
  })

  test('an inspection that is not passed goes to a person, who may let it pass', async () => {
    const rehearsal = await rehearse('maintenance', { ...cast, 'inspect-machine': { passed: false } })
    const workflow = await rehearsal.start('maintenance', fault)
    await rehearsal.until(workflow, 'inspect', 'validating')
    await rehearsal.put(workflow, { type: 'review', step: 'inspect', answer: 'continue', comment: 'squeaks a little' })
    expect((await rehearsal.ended(workflow)).state.status).toBe('completed')
  })
})

describe('DEF-7 specimen-delivery', () => {
  const specimen = { specimen: 's-1', ward: 'ward 3', laboratory: 'lab', maxCelsius: 8 }
  const cool: Cast = { 'read-temperature': { celsius: 5.5 }, 'hand-over-specimen': { by: 'lena' } }

  test('brought by robot, checked, handed over', async () => {
    const { status, output, played } = await play('specimen-delivery', specimen, cool)
    expect([status, output]).toEqual(['completed', { specimen: 's-1', celsius: 5.5, receipt: { by: 'lena' } }])
    expect(played).not.toContain('carry-specimen')
  })

  test('carried by hand where no robot makes it in two tries of a quarter of an hour', async () => {
    const { status, played, took } = await play('specimen-delivery', specimen, { ...cool, 'transport-specimen': NEVER })
    expect([status, played]).toEqual([
      'completed',
      ['collect-specimen', 'carry-specimen', 'read-temperature', 'hand-over-specimen', 'notify'],
    ])
    expect(took).toBeGreaterThan(30 * MINUTE)
    expect(took).toBeLessThan(32 * MINUTE)
  })

  test('one that got too warm is disposed of, at once', async () => {
    const { status, played, failure } = await play('specimen-delivery', specimen, { ...cool, 'read-temperature': { celsius: 9 } })
    expect([status, failure]).toEqual(['failed', 'output-invalid'])
    expect(played).toEqual(['collect-specimen', 'transport-specimen', 'read-temperature', 'dispose-of-specimen'])
  })
})
