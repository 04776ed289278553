import { expect, test } from 'vitest'
import { openMemoryStore } from '../../store/memory/index.ts'
import { ENGINE_SCHEMAS } from '../open.ts'
import type { Summary } from '../summary.ts'
import { ControlledStore, define, HOME, ManualClock, TASK, TestNode } from '../test-support.ts'
import { SCHEDULES, type ScheduleSpec } from './schedule.ts'
import { Scheduler } from './scheduler.ts'

const report = define({ name: 'report', steps: { write: TASK } })
const DAY = 86_400_000
const MINUTE = 60_000

const at = (text: string): number => Date.parse(text)

const daily: ScheduleSpec = {
  id: 'daily',
  facility: HOME,
  definition: 'report',
  priority: 'normal',
  input: {},
  timing: { kind: 'cron', pattern: '0 8 * * *', timeZone: 'Europe/Berlin' },
  missed: 'skip',
}
const often: ScheduleSpec = { ...daily, id: 'often', timing: { kind: 'interval', everyMs: 10 * MINUTE, from: at('2026-03-28T00:00Z') } }

/** A node with a scheduler, at a moment; `again` is the next life of both on the same store. */
class Site {
  readonly node: TestNode
  readonly scheduler: Scheduler

  private constructor(node: TestNode, scheduler: Scheduler) {
    this.node = node
    this.scheduler = scheduler
  }

  static async open(now: string): Promise<Site> {
    const clock = new ManualClock()
    clock.jump(at(now) - clock.now().wall)
    const store = new ControlledStore(openMemoryStore({ schemas: ENGINE_SCHEMAS, generation: 'g1' }))
    return Site.on(await TestNode.open({ store, definitions: [report] }, clock))
  }

  static async on(node: TestNode): Promise<Site> {
    const scheduler = await Scheduler.open({ engine: node.engine, store: node.store, clock: node.clock })
    scheduler.start()
    await node.clock.advance(0)
    return new Site(node, scheduler)
  }

  async again(afterMs = 0): Promise<Site> {
    const closing = this.scheduler.close()
    await this.node.clock.advance(afterMs)
    await closing
    return Site.on(await this.node.restart())
  }

  async create(spec: ScheduleSpec) {
    const created = this.scheduler.create(spec, 'ann')
    await this.node.clock.advance(0)
    return created
  }

  pass(ms: number): Promise<void> {
    return this.node.clock.advance(ms)
  }

  /** Until that moment on the wall. */
  passTo(text: string): Promise<void> {
    return this.pass(at(text) - this.node.clock.now().wall)
  }

  async summaries(): Promise<readonly Summary[]> {
    const found: Summary[] = []
    for await (const summary of this.node.engine.summaries()) found.push(summary)
    return found
  }

  /** When the runs that began were due, in order. */
  async runs(): Promise<readonly string[]> {
    const dues = (await this.summaries()).map(({ key }) => Number(key.split('.').at(-1)))
    return dues.sort((a, b) => a - b).map((due) => new Date(due).toISOString().slice(0, 16))
  }
}

test('DEF-10 a cron schedule keeps its time of day through a change of daylight saving', async () => {
  const site = await Site.open('2026-03-27T12:00Z')
  await site.create(daily)
  await site.passTo('2026-03-30T12:00Z')
  expect(await site.runs()).toEqual(['2026-03-28T07:00', '2026-03-29T06:00', '2026-03-30T06:00'])
  const [summary] = await site.summaries()
  expect(summary).toMatchObject({ key: `schedule.daily.${at('2026-03-28T07:00Z')}`, facility: HOME, createdAt: at('2026-03-28T07:00Z') })
})

test('DEF-10 an interval never drifts, a one-off runs once', async () => {
  const site = await Site.open('2026-03-28T00:05Z')
  await site.create(often)
  await site.create({ ...daily, id: 'once', timing: { kind: 'once', at: at('2026-03-28T00:15Z') } })
  await site.passTo('2026-03-28T00:31Z')
  expect(await site.runs()).toEqual(['2026-03-28T00:10', '2026-03-28T00:15', '2026-03-28T00:20', '2026-03-28T00:30'])
  await site.pass(DAY / 24)
  expect((await site.runs()).filter((run) => run.endsWith('00:15'))).toHaveLength(1)
})

test.each([
  ['skip', []],
  ['once', ['2026-03-30T06:00']],
  ['all', ['2026-03-28T07:00', '2026-03-29T06:00', '2026-03-30T06:00']],
] as const)('DEF-10 runs missed while the node was down: %s', async (missed, runs) => {
  const site = await Site.open('2026-03-27T12:00Z')
  await site.create({ ...daily, missed })
  const next = await site.again(at('2026-03-30T12:00Z') - at('2026-03-27T12:00Z'))
  await next.pass(MINUTE)
  expect(await next.runs()).toEqual(runs)
  await next.passTo('2026-03-31T12:00Z')
  expect(await next.runs()).toEqual([...runs, '2026-03-31T06:00'])
})

test('H1 DEF-10 a crash between the start of a run and its row starts nothing twice', async () => {
  const site = await Site.open('2026-03-27T12:00Z')
  await site.create({ ...daily, missed: 'all' })
  await site.passTo('2026-03-28T06:59:59Z')
  const row = await site.node.store.get(SCHEDULES, 'daily')
  await site.pass(2_000)
  expect(await site.runs()).toHaveLength(1)
  // The row is as if it had never been written after the start.
  await site.node.store.commit({
    appends: [],
    puts: [{ collection: SCHEDULES, key: 'daily', value: row ?? null }],
    removals: [],
    expected: new Map(),
  })
  const next = await site.again()
  expect(await next.runs()).toHaveLength(1)
  expect(next.scheduler.get('daily')?.settledTo).toBeGreaterThan(at('2026-03-28T07:00Z'))
})

test('H1 H3 DEF-10 a clock set back runs nothing twice, and goes on from where it is', async () => {
  const site = await Site.open('2026-03-28T00:05Z')
  await site.create(often)
  await site.passTo('2026-03-28T00:31Z')
  site.node.clock.jump(-25 * MINUTE)
  await site.passTo('2026-03-28T00:41Z')
  expect(await site.runs()).toEqual(['2026-03-28T00:10', '2026-03-28T00:20', '2026-03-28T00:30', '2026-03-28T00:40'])
})

test('H3 DEF-10 a clock set forward is seen within a minute; what it jumped over was missed', async () => {
  const site = await Site.open('2026-03-28T00:05Z')
  await site.create(often)
  await site.create({ ...often, id: 'all', missed: 'all' })
  site.node.clock.jump(28 * MINUTE)
  await site.pass(MINUTE)
  expect(await site.runs()).toEqual(['2026-03-28T00:10', '2026-03-28T00:20', '2026-03-28T00:30'])
})

test('H2 DEF-10 a store that fails for a while delays a run; it begins once', async () => {
  const site = await Site.open('2026-03-28T00:05Z')
  await site.create(often)
  await site.passTo('2026-03-28T00:09:59Z')
  for (let count = 0; count < 3; count += 1) site.node.store.failNext({ code: 'disk-full', message: 'full' })
  await site.passTo('2026-03-28T00:10:10Z')
  expect(await site.runs()).toEqual(['2026-03-28T00:10'])
  expect(site.scheduler.get('often')).toMatchObject({ lastRun: { due: at('2026-03-28T00:10Z') } })
})

test('H2 DEF-10 what can not be started is written down, and the next run is tried', async () => {
  const site = await Site.open('2026-03-28T00:05Z')
  const needing = define({ name: 'needing', inputSchema: { type: 'object', required: ['n'] }, steps: { write: TASK } })
  await site.create(often)
  site.node.engine.catalogue.add({ ...needing, definition: { ...needing.definition, name: 'report', version: 2 } })
  await site.passTo('2026-03-28T00:11Z')
  expect([await site.runs(), site.scheduler.get('often')?.lastProblem]).toMatchObject([
    [],
    { due: at('2026-03-28T00:10Z'), code: 'invalid-input' },
  ])
})

test('H4 DEF-10 a paused schedule starts nothing and owes nothing; a removed one is gone, also for the next life', async () => {
  const site = await Site.open('2026-03-28T00:05Z')
  await site.create({ ...often, missed: 'all' })
  void site.scheduler.pause('often', true)
  await site.passTo('2026-03-28T00:35Z')
  const paused = await site.again()
  await paused.passTo('2026-03-28T00:45Z')
  expect(await paused.runs()).toEqual([])
  void paused.scheduler.pause('often', false)
  await paused.passTo('2026-03-28T00:55Z')
  expect(await paused.runs()).toEqual(['2026-03-28T00:50'])
  void paused.scheduler.remove('often')
  await paused.passTo('2026-03-28T01:25Z')
  const next = await paused.again()
  await next.passTo('2026-03-28T01:45Z')
  expect([await next.runs(), next.scheduler.list()]).toEqual([['2026-03-28T00:50'], []])
})

test('DEF-10 what could never run is refused, with the reason', async () => {
  const site = await Site.open('2026-03-28T00:05Z')
  const code = async (change: Partial<ScheduleSpec>) => {
    const created = await site.create({ ...daily, ...change })
    return created.ok ? 'created' : created.error.code
  }
  expect(await code({ facility: 'elsewhere' })).toBe('not-the-authority')
  expect(await code({ definition: 'none' })).toBe('unknown-definition')
  expect(await code({ timing: { kind: 'cron', pattern: '0 8 * *', timeZone: 'UTC' } })).toBe('bad-timing')
  expect(await code({ timing: { kind: 'once', at: at('2026-03-28T00:00Z') } })).toBe('bad-timing')
  expect(await code({})).toBe('created')
  expect(await site.create(daily)).toMatchObject({ ok: true, value: { replayed: true } })
  expect(await code({ missed: 'all' })).toBe('schedule-exists')
  expect(await site.scheduler.pause('none', true)).toMatchObject({ ok: false, error: { code: 'not-found' } })
})
