/** A node whose configuration is wrong does not start: it names the key, and ends with a code that supervisors understand. */
import { spawnSync } from 'node:child_process'
import { chmodSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { tokenHash } from '@holdfast/shared/system'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { newFolder, ROOT, writePrivate } from '../support/folder.ts'
import { layDefinitions, openLoneGateway } from '../support/site.ts'

const EX_CONFIG = 78

let folder: string
beforeEach(() => {
  folder = newFolder()
})
afterEach(() => rmSync(folder, { recursive: true }))

const run = (main: string, words: readonly string[]) => {
  const { status, stdout, stderr } = spawnSync(process.execPath, [join(ROOT, main), ...words], { encoding: 'utf8' })
  return { status, stdout, stderr }
}

const gatewayConfig = () => ({
  node: 'harbour-gateway',
  nodeNumber: 2,
  facility: 'harbour',
  title: 'Harbour',
  storePath: join(folder, 'harbour.db'),
  definitionsFolder: layDefinitions(folder),
  port: 0,
})
const cloudConfig = () => ({
  node: 'cloud',
  nodeNumber: 1,
  storePath: join(folder, 'cloud.db'),
  definitionsFolder: layDefinitions(folder),
  port: 0,
  facilities: [{ id: 'harbour', title: 'Harbour', node: 'harbour-gateway', nodeNumber: 2, tokenHash: tokenHash('t') }],
  principals: [],
})

const startGateway = (config: string | object) => run('edge/src/main.ts', ['--config', writePrivate(join(folder, 'config.json'), config)])
const startCloud = (config: string | object) => run('cloud/src/main.ts', ['--config', writePrivate(join(folder, 'config.json'), config)])

describe('B38 a gateway', () => {
  test('B38 GOV-4 all that is wrong in the file is told at once, each with its key and what is allowed', () => {
    const { status, stdout, stderr } = startGateway({
      ...gatewayConfig(),
      portt: 1,
      port: 70_000,
      nodeNumber: 0,
      facility: 'har bour',
      agents: [{ agent: 'r', tokenHash: 'secret-token' }],
      principals: [{ name: 'p', role: 'king', tokenHash: tokenHash('t') }],
      hub: { node: 'cloud', url: 'http://x/', tokenFile: 't' },
      logLevel: 'loud',
    })
    expect([status, stdout]).toEqual([EX_CONFIG, ''])
    expect(stderr).toMatch(/"portt"/)
    expect(stderr).toMatch(/ port: .*65535/)
    expect(stderr).toMatch(/ nodeNumber: .*>=1/)
    expect(stderr).toMatch(/ facility: must be 1 to 64 of a-z/)
    expect(stderr).toMatch(/ agents\.0\.tokenHash: must be sha256:/)
    expect(stderr).toMatch(/ principals\.0\.role: .*viewer/)
    expect(stderr).toMatch(/ hub\.url: must begin with ws/)
    expect(stderr).toMatch(/ logLevel: .*silent/)
    expect(stderr.trim().split('\n')).toHaveLength(8)
    expect(stderr).not.toContain('secret-token')
  })

  test('B38 SYN-7 a standby without a hub has nothing to stand by for', () => {
    const { hub: _hub, ...alone } = { hub: undefined, ...gatewayConfig() }
    const { status, stderr } = startGateway({ ...alone, standby: true })
    expect(status).toBe(EX_CONFIG)
    expect(stderr).toMatch(/ hub: a standby needs a hub/)
  })

  test('B38 GOV-4 LIM-1 LIM-3 LIM-4 limits that can mean nothing are told with their place', () => {
    const { status, stderr } = startGateway({
      ...gatewayConfig(),
      limits: {
        concurrency: { total: 0 },
        workflows: { waiting: 5 },
        resources: { dock: 2, 'wet dock': 1 },
        quotas: [{ resource: 'crane', per: 'planet', amount: 1 }],
        rates: { task: { perSecond: 0.00001 }, 'a b': { perSecond: 1 } },
        tenants: { acme: ['ann'], corp: ['ann'] },
        patience: 5,
      },
    })
    expect(status).toBe(EX_CONFIG)
    for (const wrong of ['concurrency.total', 'resources.wet dock', 'quotas.0.per', 'rates.task.perSecond', 'rates.a b'])
      expect(stderr).toContain(` limits.${wrong}: `)
    expect(stderr).toContain('"patience"')
    const later = startGateway({
      ...gatewayConfig(),
      limits: {
        workflows: { waiting: 5 },
        quotas: [{ resource: 'crane', per: 'tenant', amount: 1 }],
        tenants: { acme: ['ann'], corp: ['ann'] },
      },
    }).stderr
    expect(later).toMatch(/ limits\.quotas\.0\.resource: names no resource of this facility: crane/)
    expect(later).toMatch(/ limits\.tenants\.corp\.0: ann belongs to tenant acme already/)
    expect(later).toMatch(/ limits\.workflows\.waiting: .*set atOnce/)
  })

  test('B38 GOV-4 no configuration, an unreadable one, one that is not of its language', () => {
    expect(run('edge/src/main.ts', [])).toMatchObject({ status: 2, stderr: expect.stringContaining('usage: --config FILE') })
    const missing = run('edge/src/main.ts', ['--config', join(folder, 'missing.json')])
    expect(missing).toMatchObject({ status: EX_CONFIG, stderr: expect.stringContaining('missing.json') })
    expect(startGateway('- a\n- list\n')).toMatchObject({ status: EX_CONFIG, stderr: expect.stringContaining('(whole file)') })
    expect(startGateway('a: &x [1]\nb: *x\n').status).toBe(EX_CONFIG)
  })

  test('B38 GOV-4 a token that others can read, or that is not there', () => {
    const tokenFile = writePrivate(join(folder, 'hub.token'), 'secret-token')
    const config = { ...gatewayConfig(), hub: { node: 'cloud', url: 'ws://127.0.0.1:1/link', tokenFile } }
    chmodSync(tokenFile, 0o644)
    const open = startGateway(config)
    expect(open).toMatchObject({ status: EX_CONFIG, stdout: '' })
    expect(open.stderr).toMatch(/hub\.tokenFile: .*mode 644/)
    rmSync(tokenFile)
    const gone = startGateway(config)
    expect(gone).toMatchObject({ status: EX_CONFIG, stdout: '' })
    expect(gone.stderr).toMatch(/hub\.tokenFile: /)
  })

  test('B38 GOV-4 folders and shipped definitions that are not there', () => {
    const definitions = startGateway({ ...gatewayConfig(), definitionsFolder: join(folder, 'nowhere') })
    expect(definitions).toMatchObject({ status: EX_CONFIG, stdout: '' })
    expect(definitions.stderr).toMatch(/definitionsFolder: .*nowhere/)
    const shipped = startGateway({ ...gatewayConfig(), shipped: ['order-fulfilmint'] })
    expect(shipped).toMatchObject({ status: EX_CONFIG, stdout: '' })
    expect(shipped.stderr).toMatch(/shipped: no definition "order-fulfilmint" is shipped; did you mean "order-fulfilment"/)
    const store = startGateway({ ...gatewayConfig(), storePath: join(folder, 'nowhere', 'harbour.db') })
    expect(store).toMatchObject({ status: EX_CONFIG, stdout: '' })
    expect(store.stderr).toMatch(/storePath: .*harbour\.db: it can not be opened: its folder must be there/)
  })

  test('B38 GOV-4 a port that is taken; who has it goes on', async () => {
    const lone = await openLoneGateway()
    const port = Number(new URL(lone.gateway.url).port)
    const second = startGateway({ ...gatewayConfig(), port })
    expect(second).toMatchObject({ status: EX_CONFIG, stdout: '' })
    expect(second.stderr).toMatch(new RegExp(`port: .* in use .*:${port}`))
    expect((await fetch(`${lone.gateway.url}/health`)).status).toBe(200)
    await lone.stop()
  })
})

test('B38 GOV-4 a coordinator tells the same way', () => {
  const { status, stdout, stderr } = startCloud({
    ...cloudConfig(),
    gateways: [],
    facilities: [{ id: 'a', title: 'A', nodeNumber: 1, tokenHash: tokenHash('t') }],
    link: { pingMs: 0 },
  })
  expect([status, stdout]).toEqual([EX_CONFIG, ''])
  expect(stderr).toMatch(/"gateways"/)
  expect(stderr).toMatch(/ facilities\.0\.node: /)
  expect(stderr).toMatch(/ link\.pingMs: /)
})

test('B38 GOV-4 API-9 a coordinator says what is wrong with its database, and never its password', () => {
  const { storePath, ...cloud } = cloudConfig()
  const withPostgres = (postgres: object, more: object = {}) => startCloud({ ...cloud, ...more, postgres })
  const urlFile = (url: string) => writePrivate(join(folder, 'url'), url)
  const told = [
    [withPostgres({ urlFile: urlFile('x') }, { storePath }), /storePath: needs either a storePath or postgres/],
    [withPostgres({}), /postgres: needs either urlFile or urlVariable/],
    [withPostgres({ urlFile: urlFile('x'), schema: 'a; drop' }), /postgres\.schema: must be 1 to 41 of a-z/],
    [withPostgres({ urlVariable: 'HOLDFAST_NOT_SET' }), /postgres\.urlVariable: nothing stands in HOLDFAST_NOT_SET/],
    [withPostgres({ urlFile: join(folder, 'nowhere') }), /postgres\.urlFile: .*nowhere/],
    [withPostgres({ urlFile: urlFile('mysql://ann:secret-word@localhost/x') }), /postgres\.urlFile: must be an address such as/],
  ] as const
  for (const [{ status, stdout, stderr }, words] of told) {
    expect([status, stdout]).toEqual([EX_CONFIG, ''])
    expect(stderr).toMatch(words)
    expect(stderr).not.toContain('secret-word')
  }
  const away = withPostgres({ urlFile: urlFile('postgres://ann:secret-word@127.0.0.1:1/x') })
  expect([away.status, away.stdout]).toEqual([1, ''])
  expect(away.stderr).toMatch(/postgres: connect ECONNREFUSED/)
  expect(away.stderr).not.toContain('secret-word')
})
