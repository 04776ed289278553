/** The coordinator's program: an engine without authority, the office that grants leases, the hub. */
import { NO_AUTHORITY } from '@holdfast/shared/consistency'
import type { Rights } from '@holdfast/shared/document'
import { answerRecognise, type CallHandler, Hub, HubLeases, openEngine, RECOGNISE, Reader } from '@holdfast/shared/engine'
import { DEFAULT_TIMING } from '@holdfast/shared/link'
import { type AccordFrame, DEFINITIONS, FIRST, GATEWAYS, HOLDOVER, HOME, HUB, STANDBY } from './frame.ts'
import type { Booted, Program } from './machine.ts'

export interface HubProgram extends Program {
  readonly leases: HubLeases
  readonly hub: Hub
}

const NO_RIGHTS: Rights = { nodes: new Set(), authority: false, mayPropose: false, mayWriteText: false, maxBytes: 0 }
const NUMBERS = { [FIRST]: 2, [STANDBY]: 3 }
const CHILDREN = GATEWAYS.map((node) => ({ node, homes: [HOME] }))

const ENROLMENT = { home: HOME, nodes: [...GATEWAYS], holdover: HOLDOVER }

export const numberOf = (node: keyof typeof NUMBERS): number => NUMBERS[node]

export const bootHub = async (
  { kernel, network, plant }: AccordFrame,
  { process, clock, store, random }: Booted,
): Promise<HubProgram | undefined> => {
  let leases: HubLeases | undefined
  const opened = await openEngine({
    node: HUB,
    nodeNumber: 1,
    authority: NO_AUTHORITY,
    ...{ clock, store, random, definitions: DEFINITIONS, functions: new Map(), heartbeatMs: 5_000 },
    rightsOf: (peer, home) => leases?.rightsOf(peer, home) ?? NO_RIGHTS,
  })
  if (!opened.ok) return undefined
  const { engine } = opened.value
  const handlers = new Map<string, CallHandler>([[RECOGNISE, answerRecognise((home) => leases?.leaseOf(home))]])
  const office = plant.officeClock?.(clock) ?? clock
  leases = await HubLeases.open({
    enrolments: [ENROLMENT],
    writers: (_home, node) => ({ nodes: new Set([node === FIRST ? NUMBERS[FIRST] : NUMBERS[STANDBY]]), returning: new Set([1, 2, 3]) }),
    ...{
      engine,
      store,
      clock: office,
      handlers,
      hub: () => hub,
      isLive: (node: string) => hub.condition(node).state === 'live',
      onMoved: ({ since }) => kernel.history.count(since.how === 'ran-out' ? 'ran out' : since.how),
    },
  })
  const speakerOf = (home: string): string | undefined => leases?.holderOf(home)
  const parts = { node: HUB, engine, store, clock, timing: DEFAULT_TIMING, children: CHILDREN, handlers, speakerOf }
  const hub: Hub = await Hub.open(parts)
  network.listen(process, (connection, from) => hub.accept({ node: from, homes: [HOME] }, connection))
  return { engine, leases, hub, reader: new Reader({ engine, store, clock, caller: hub, isHub: true }) }
}
