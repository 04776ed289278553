/**
 * `npm start`: a coordinator, two facilities and their agents on this machine, and a day in their life with a cut line and a killed
 * gateway in it. Ends with a summary, and stays up with the dashboard unless `--once` is given; then it exits with 0 only if every
 * check of the story held.
 *
 *   --once   exit at the end       --json   the summary as JSON on standard output
 *   --seed WORD                    --port N   of the coordinator; 7400 unless taken (0: any)
 */
import { spawn } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { check, readEnding, type Told } from './checks.ts'
import { FACILITIES } from './facilities.ts'
import { readOrders, storySeed } from './orders.ts'
import { type Report, reportOf, tell } from './report.ts'
import { castOf, cutScene, healScene, killScene, lastScene, openStage, type Stage, takeOrders } from './scenes.ts'
import { Screen } from './screen.ts'
import { openSite, type Site } from './site.ts'

const { values: options } = parseArgs({
  options: {
    once: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
    seed: { type: 'string', default: 'holdfast' },
    port: { type: 'string', default: '7400' },
  },
})

const screen = new Screen(process.stderr.isTTY === true && !options.json)

/** Milliseconds since `npm start` was entered, as well as that can be known. */
const elapsedMs = (): number => Date.now() - Number(process.env.HOLDFAST_STARTED_AT ?? Date.now())

/** While the system starts: the page is there before anybody has copied its address. */
const buildDashboard = (): Promise<void> => {
  const folder = new URL('../../cloud/dashboard/', import.meta.url).pathname
  if (existsSync(join(folder, 'dist/index.html'))) return Promise.resolve()
  const vite = spawn(process.execPath, [join(folder, 'node_modules/vite/bin/vite.js'), 'build'], { cwd: folder, stdio: ['ignore', 2, 2] })
  return new Promise((resolve, reject) => {
    vite.once('exit', (code) => (code === 0 ? resolve() : reject(new Error('the dashboard could not be built; its errors are above'))))
  })
}

const freePort = (wanted: number): Promise<number> =>
  new Promise((resolve) => {
    const probe = createServer()
    probe.once('error', () => resolve(0))
    probe.listen(wanted, '127.0.0.1', () => probe.close(() => resolve(wanted)))
  })

const watch = (stage: Stage): { readonly firstWorkflowMs: () => number; stop(): void } => {
  let first: number | undefined
  const look = async (): Promise<void> => {
    const known = await stage.cloud.facilities()
    const views = await Promise.all(known.map(async (cloudView) => ({ cloudView, own: await ownView(stage, cloudView.id) })))
    if (first === undefined && views.some(({ own }) => own !== undefined && own.workflows.completed > 0)) first = elapsedMs()
    screen.show(
      views.map(({ cloudView, own }) => {
        const { open, completed, failed, cancelled } = (own ?? cloudView).workflows
        const done = completed + failed + cancelled
        return { title: cloudView.title, done, total: done + open, connected: cloudView.connected, pending: own?.pendingUpdates ?? 0 }
      }),
    )
  }
  const timer = setInterval(() => void look().catch(() => {}), 250)
  return { firstWorkflowMs: () => first ?? elapsedMs(), stop: () => clearInterval(timer) }
}

/** Nothing while the gateway is down. */
const ownView = async (stage: Stage, facility: string) => {
  try {
    return (await stage.at(facility).facilities())[0]
  } catch {
    return undefined
  }
}

const play = async (site: Site, seed: string): Promise<Report> => {
  const stage = openStage(site, seed, (text) => screen.say(text))
  const progress = watch(stage)
  try {
    const orders = readOrders()
    const cast = castOf(orders)
    const taken = await takeOrders(stage, orders)
    await site.agentsReady()
    const cut = await cutScene(stage, cast)
    const heal = await healScene(stage, cast)
    const kill = await killScene(stage, orders)
    await lastScene(stage)
    const told: Told = { taken, cast, cut, heal, kill }
    const tookMs = elapsedMs()
    screen.say('everything has ended; comparing notes')
    const ending = await readEnding(stage)
    return reportOf(seed, told, ending, check(seed, told, ending), { firstWorkflowMs: progress.firstWorkflowMs(), tookMs })
  } finally {
    progress.stop()
    screen.end()
  }
}

const folder = mkdtempSync(join(tmpdir(), 'holdfast-'))
const seed = storySeed(options.seed, readOrders())
screen.say(
  `starting a coordinator, ${FACILITIES.length} gateways and ${FACILITIES.flatMap(({ agents }) => agents).length} agents in ${folder}`,
)
const [site] = await Promise.all([openSite(folder, seed, options.once ? 0 : await freePort(Number(options.port))), buildDashboard()])
screen.say(`dashboard: ${site.cloudUrl}/#token=${site.token}`)

let leaving: Promise<never> | undefined

/** Once, whoever asks again meanwhile: a second Ctrl-C must not end this process before the others it started. */
const leave = (code: number): Promise<never> => {
  leaving ??= depart(code)
  return leaving
}

const depart = async (code: number): Promise<never> => {
  await site.stop()
  if (code === 0) rmSync(folder, { recursive: true, force: true })
  else console.error(`The logs and stores are kept in ${folder}`)
  process.exit(code)
}
process.on('SIGINT', () => void leave(0))
process.on('SIGTERM', () => void leave(0))

try {
  const report = await play(site, seed)
  process.stdout.write(options.json ? `${JSON.stringify(report)}\n` : tell(report))
  if (options.once) await leave(report.ok ? 0 : 1)
  console.error(`The system stays up. Dashboard: ${site.cloudUrl}/#token=${site.token}   (Ctrl-C ends it)`)
} catch (thrown) {
  // While leaving, the processes of the story end, and with them the story.
  if (leaving === undefined) console.error(thrown instanceof Error ? `The story could not go on: ${thrown.message}` : thrown)
  await leave(1)
}
