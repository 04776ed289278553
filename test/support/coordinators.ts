/**
 * Several coordinators on one PostgreSQL behind one address, and a gateway: every one a real process.
 *
 *   api ──▶ a ─╮                 ╭◀── proxy (one address, leads to a or b) ◀── gateway ◀── agents (in the test)
 *              ├──▶ PostgreSQL   │
 *   api ──▶ b ─╯                 ╰ `lead` moves it
 */
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { StoryProcess } from '@holdfast/examples/story'
import { tokenHash } from '@holdfast/shared/system'
import { PostgresServer, postgresPrograms } from '@holdfast/shared/testing/postgres-server'
import { openTcpProxy, type TcpProxy } from '@holdfast/shared/testing/tcp-proxy'
import { type Api, openApi } from './api.ts'
import { newFolder, newToken, ROOT, writePrivate } from './folder.ts'
import { Gateway } from './gateway.ts'
import { layDefinitions } from './site.ts'

export interface CoordinatorProcess {
  readonly api: Api
  readonly port: number
  /** SIGKILL. */
  kill(): Promise<void>
  /** The same again, on the same port. */
  restart(): Promise<void>
  stop(): Promise<void>
}

export interface SharedSite {
  readonly server: PostgresServer
  readonly a: CoordinatorProcess
  readonly b: CoordinatorProcess
  readonly gateway: Gateway
  readonly proxy: TcpProxy
  /** The gateway's line is cut, and leads there when it dials again. */
  lead(to: CoordinatorProcess): void
  stop(): Promise<void>
}

export const openSharedSite = async (): Promise<SharedSite> => {
  const programs = postgresPrograms()
  if (programs === undefined) throw new Error('no PostgreSQL is installed')
  const server = await PostgresServer.start(programs)
  const folder = newFolder()
  const definitionsFolder = layDefinitions(folder)
  const tokens = { operator: newToken(), gateway: newToken() }
  const urlFile = writePrivate(join(folder, 'database-url'), server.url)
  const configOf = (name: string) => (port: number) =>
    writePrivate(join(folder, `${name}.json`), {
      node: 'cloud',
      nodeNumber: 1,
      postgres: { urlFile },
      definitionsFolder,
      port,
      facilities: [{ id: 'harbour', title: 'Harbour', node: 'harbour-gateway', nodeNumber: 2, tokenHash: tokenHash(tokens.gateway) }],
      principals: [{ name: 'operator', role: 'admin', facilities: '*', tokenHash: tokenHash(tokens.operator) }],
      link: { pingMs: 300, silenceMs: 1_500 },
    })
  const begin = (name: string) => openCoordinator(name, configOf(name), join(folder, `${name}.log`), tokens.operator)
  // At the same moment, as a supervisor would: both find an empty database.
  const [a, b] = await Promise.all([begin('a'), begin('b')])
  const target = { host: '127.0.0.1', port: a.port }
  const proxy = await openTcpProxy(target)
  const hub = { url: `ws://127.0.0.1:${proxy.port}/link`, token: tokens.gateway }
  const gateway = await Gateway.start({ folder, facility: 'harbour', nodeNumber: 2, definitionsFolder, hub })
  return {
    ...{ server, a, b, gateway, proxy },
    lead: (to) => {
      target.port = to.port
      proxy.set('cut')
      proxy.set('open')
    },
    stop: async () => {
      await gateway.close()
      await Promise.all([a.stop(), b.stop(), proxy.close()])
      await server.stop()
      rmSync(folder, { recursive: true })
    },
  }
}

const openCoordinator = async (
  name: string,
  configOf: (port: number) => string,
  logPath: string,
  token: string,
): Promise<CoordinatorProcess> => {
  const start = (port: number) =>
    StoryProcess.start({ name: `coordinator ${name}`, command: [join(ROOT, 'cloud/src/main.ts'), '--config', configOf(port)], logPath })
  let started = await start(0)
  const port = Number(new URL(started.said).port)
  return {
    api: openApi(started.said, token),
    port,
    kill: () => started.process.kill(),
    restart: async () => {
      started = await start(port)
    },
    stop: () => started.process.stop(),
  }
}
