/**
 * The story, scene by scene. Every scene is timed by what it sees, never by the clock, and returns what it found out.
 *
 *   orders in ─▶ harbour's line is cut ─▶ the cloud cancels two and hurries one, not knowing ─▶ the line heals ─▶ verdicts
 *             ─▶ hillside's gateway is killed while busy ─▶ restarted ─▶ everything ends
 */
import { type Client, type Detail, openClient, type Started } from './client.ts'
import { FACILITIES } from './facilities.ts'
import { heldAt, idOf, type Order, walkIn } from './orders.ts'
import type { Site } from './site.ts'
import { until } from './until.ts'

export interface Stage {
  readonly site: Site
  readonly seed: string
  readonly cloud: Client
  readonly at: (facility: string) => Client
  /** Tells the audience what is going on. */
  readonly say: (text: string) => void
}

export const openStage = (site: Site, seed: string, say: (text: string) => void): Stage => {
  const clients = new Map(FACILITIES.map(({ id }) => [id as string, openClient(site.gatewayUrl(id), site.token)]))
  const at = (facility: string): Client => {
    const client = clients.get(facility)
    if (client === undefined) throw new RangeError(`no client for ${facility}`)
    return client
  }
  return { site, seed, at, say, cloud: openClient(site.cloudUrl, site.token) }
}

const MINUTE_MS = 60_000

// ── orders in ──

export interface Taken {
  readonly accepted: readonly Order[]
  readonly refused: readonly { readonly order: Order; readonly status: number; readonly why: string }[]
}

const AT_ONCE = 8

export const takeOrders = async ({ cloud, say }: Stage, orders: readonly Order[]): Promise<Taken> => {
  const answers: { order: Order; started: Started }[] = []
  const waiting = [...orders]
  const send = async (): Promise<void> => {
    for (let order = waiting.shift(); order !== undefined; order = waiting.shift())
      answers.push({ order, started: await cloud.start(order) })
  }
  await Promise.all(Array.from({ length: AT_ONCE }, send))
  const accepted = answers.filter(({ started }) => started.ok).map(({ order }) => order)
  const refused = answers.flatMap(({ order, started }) => (started.ok ? [] : [{ order, status: started.status, why: started.why }]))
  say(`${accepted.length} orders taken, ${refused.length} refused with a reason`)
  return { accepted, refused: refused.sort((a, b) => (a.order.key < b.order.key ? -1 : 1)) }
}

// ── the cut ──

/** Of harbour's orders on hold: one will have left before the cloud's cancel arrives, one will not, one is hurried. */
export interface Cast {
  readonly gone: Order
  readonly held: Order
  readonly hurried: Order
}

export const castOf = (orders: readonly Order[]): Cast => {
  const [gone, held, hurried] = heldAt(orders, 'harbour')
  if (gone === undefined || held === undefined || hurried === undefined) throw new Error('the story needs three orders on hold at harbour')
  return { gone, held, hurried }
}

export interface CutScene {
  readonly walkIns: readonly Order[]
  readonly completedWhileCut: number
  readonly pendingAtHeal: number
}

const WALK_INS = 3
const WORTH_CUTTING_FOR = 12

const isOnHold = (detail: Detail): boolean => detail.steps.some(({ id, status }) => id === 'hold' && status === 'running')

const completedAt = async (client: Client, facility: string): Promise<number> =>
  (await client.facilities()).find(({ id }) => id === facility)?.workflows.completed ?? 0

export const cutScene = async (stage: Stage, { gone, held, hurried }: Cast): Promise<CutScene> => {
  const { cloud, at, say, site } = stage
  const harbour = at('harbour')
  for (const order of [gone, held, hurried]) {
    await until(`${order.key} to be on hold, as the cloud sees it`, MINUTE_MS, async () => isOnHold(await cloud.get(idOf(order))))
  }
  say("harbour's line to the cloud is cut")
  site.proxy.set('cut')
  await until('the cloud to notice', MINUTE_MS, async () =>
    (await cloud.facilities()).some(({ id, connected }) => id === 'harbour' && !connected),
  )
  const before = await completedAt(harbour, 'harbour')
  const walkIns = Array.from({ length: WALK_INS }, (_, n) => walkIn('harbour', n + 1))
  for (const order of walkIns) await expectStarted(harbour, order)
  await harbour.signal(idOf(gone), 'released')
  await until(`${gone.key} to ship`, MINUTE_MS, async () =>
    (await harbour.get(idOf(gone))).steps.some(({ id, status }) => id === 'ship' && status === 'succeeded'),
  )
  say(`the cloud, cut off, cancels ${gone.key} (its goods have left) and ${held.key} (still on hold), and hurries ${hurried.key}`)
  await cloud.cancel(idOf(gone), 'the customer changed their mind')
  await cloud.cancel(idOf(held), 'the customer changed their mind')
  await cloud.setPriority(idOf(hurried), 'critical')
  const done = await until('harbour to go on by itself', 2 * MINUTE_MS, async () => {
    const now = (await completedAt(harbour, 'harbour')) - before
    return now >= WORTH_CUTTING_FOR && now
  })
  const pendingAtHeal = (await harbour.facilities())[0]?.pendingUpdates ?? 0
  say(`${done} workflows completed at harbour while it was cut off; ${pendingAtHeal} updates wait to be told`)
  return { walkIns, completedWhileCut: done, pendingAtHeal }
}

const expectStarted = async (client: Client, order: Order): Promise<void> => {
  const started = await client.start(order)
  if (!started.ok) throw new Error(`${order.key} was refused: ${started.why}`)
}

// ── the heal ──

export interface HealScene {
  readonly catchUpMs: number
  readonly bytesUp: number
  readonly bytesDown: number
  readonly gone: Detail
  readonly held: Detail
  readonly hurried: Detail
}

export const healScene = async ({ cloud, at, say, site }: Stage, cast: Cast): Promise<HealScene> => {
  const missing = new Map((await at('harbour').list()).map(({ id, progress }) => [id, progress.settled]))
  site.proxy.count()
  const since = performance.now()
  site.proxy.set('open')
  await until('the cloud to catch up', MINUTE_MS, async () => {
    const known = new Map((await cloud.list('&facility=harbour')).map(({ id, progress }) => [id, progress.settled]))
    return [...missing].every(([id, settled]) => (known.get(id) ?? -1) >= settled)
  })
  const catchUpMs = performance.now() - since
  const { up, down } = site.proxy.passed
  say(`healed: the cloud caught up in ${Math.round(catchUpMs)} ms with ${up + down} bytes`)
  const judged = (order: Order): Promise<Detail> =>
    until(`the verdict on ${order.key}`, MINUTE_MS, async () => {
      const detail = await cloud.get(idOf(order))
      // The first verdict was on its creation, which the cloud proposed as well.
      return detail.verdicts.length > 1 && detail.proposals.length === 0 && detail
    })
  const [gone, held, hurried] = await Promise.all([judged(cast.gone), judged(cast.held), judged(cast.hurried)])
  for (const { key, verdicts } of [gone, held, hurried]) say(`${key}: ${verdicts.at(-1)?.explanation}`)
  await cloud.signal(idOf(cast.hurried), 'released')
  return { catchUpMs, bytesUp: up, bytesDown: down, gone, held, hurried }
}

// ── the kill ──

export interface KillScene {
  readonly acknowledged: readonly Order[]
  readonly openAtKill: number
  readonly downMs: number
  /** The gateway's own words after its restart. */
  readonly recovery: string
}

const ACKNOWLEDGED = 5

export const killScene = async ({ cloud, at, say, site }: Stage, orders: readonly Order[]): Promise<KillScene> => {
  const hillside = at('hillside')
  for (const order of heldAt(orders, 'hillside')) await cloud.signal(idOf(order), 'released')
  const acknowledged = Array.from({ length: ACKNOWLEDGED }, (_, n) => walkIn('hillside', n + 1))
  for (const order of acknowledged) await expectStarted(hillside, order)
  const openAtKill = (await hillside.facilities())[0]?.workflows.open ?? 0
  await site.killGateway('hillside')
  const since = performance.now()
  say(`hillside's gateway was killed with ${openAtKill} workflows open, right after it had acknowledged ${ACKNOWLEDGED} more`)
  await site.restartGateway('hillside')
  const downMs = performance.now() - since
  const recovery = await hillside.health()
  say(`hillside's gateway is back after ${Math.round(downMs)} ms: ${recovery}`)
  return { acknowledged, openAtKill, downMs, recovery }
}

// ── the end ──

const isEnded = (status: string): boolean => status === 'completed' || status === 'failed' || status === 'cancelled'

/** Until every workflow has ended, both at its facility and as the cloud sees it. */
export const lastScene = async ({ cloud, at }: Stage): Promise<void> => {
  for (const { id } of FACILITIES) {
    await until(`everything to end at ${id}`, 3 * MINUTE_MS, async () => (await at(id).list()).every(({ status }) => isEnded(status)))
  }
  await until('the cloud to know', MINUTE_MS, async () => (await cloud.list()).every(({ status, pending }) => isEnded(status) && !pending))
}
