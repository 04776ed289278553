/** A gateway whose store lies on a disk of a few megabytes, which fills up while it works. */
import { rmSync } from 'node:fs'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { type Answer, member, workflowOf } from '../support/api.ts'
import { newFolder } from '../support/folder.ts'
import { Gateway } from '../support/gateway.ts'
import { ended, layDefinitions } from '../support/site.ts'
import { mountSmallDisk, type SmallDisk } from '../support/small-disk.ts'
import { until } from '../support/until.ts'

const MEGABYTES = 6
/** Enough for some workflows, and for no hundred. */
const ROOM = 400_000
const MOST_STARTS = 400

let folder: string
let disk: SmallDisk | undefined
let gateway: Gateway | undefined
beforeEach(() => {
  folder = newFolder()
  disk = mountSmallDisk(folder, MEGABYTES)
  if (disk === undefined) console.log('skipped: no file system can be mounted here, so no disk can be filled')
})
afterEach(async () => {
  await gateway?.close()
  gateway = undefined
  disk?.unmount()
  rmSync(folder, { recursive: true })
})

const startGateway = async (storeFolder: string): Promise<Gateway> => {
  gateway = await Gateway.start({ folder, storeFolder, facility: 'harbour', nodeNumber: 2, definitionsFolder: layDefinitions(folder) })
  return gateway
}

const body = (n: number) => ({ facility: 'harbour', definition: 'errand', key: `order-${n}`, input: { n } })

/** Starts workflows until one is refused. */
const startUntilFull = async ({ api }: Gateway): Promise<{ readonly taken: readonly string[]; readonly refused: Answer }> => {
  const taken: string[] = []
  for (let n = 0; n < MOST_STARTS; n += 1) {
    const answer = await api.ask('POST', '/workflows', body(n))
    if (answer.status !== 201) return { taken, refused: answer }
    taken.push(workflowOf(answer.body).id)
  }
  throw new Error('the disk was never full')
}

const healthOf = async ({ url }: Gateway) => {
  const answer = await fetch(`${url}/health`)
  return { status: answer.status, body: await answer.json() }
}

test('PER-8 PER-2 I29 a full disk: starts are refused precisely, reads go on, and it recovers by itself with all that was taken', async (context) => {
  if (disk === undefined) return context.skip()
  const node = await startGateway(disk.folder)
  disk.fill(ROOM)
  const { taken, refused } = await startUntilFull(node)
  expect(taken.length).toBeGreaterThan(0)
  expect(refused.status).toBe(507)
  expect(refused.headers.get('retry-after')).toBe('1')
  expect(refused.body).toMatchObject({
    type: 'urn:holdfast:problem:store-disk-full',
    title: 'The disk is full',
    detail: 'Nothing was taken. What is there can be read, and writing goes on by itself once there is room.',
  })

  const health = await healthOf(node)
  expect([health.status, member(health.body, 'status'), member(health.body, 'ready')]).toEqual([200, 'read-only', true])
  expect(member(health.body, 'explain')).toMatch(/^the disk is full since .*: reads go on, nothing is taken/)
  expect((await node.api.list()).map(({ id }) => id).toSorted()).toEqual(taken.toSorted())
  for (const id of taken) expect((await node.api.history(id)).length).toBeGreaterThan(0)
  await node.hire('robot-1', { go: () => 'gone', 'come-back': () => 'back' }, { capacity: 8 })

  disk.free()
  await until('the gateway to find room by itself', async () => member((await healthOf(node)).body, 'status') === 'ok')
  expect((await node.api.ask('POST', '/workflows', body(MOST_STARTS))).status).toBe(201)
  for (const { id } of await node.api.list()) expect(await ended(node.api, id)).toMatchObject({ status: 'completed' })
  expect(await node.api.list()).toHaveLength(taken.length + 1)
})

test('PER-8 PER-2 killed on a full disk: it does not start without any room and says why; with room, nothing that was taken is missing', async (context) => {
  if (disk === undefined) return context.skip()
  const node = await startGateway(disk.folder)
  disk.fill(ROOM)
  const { taken } = await startUntilFull(node)
  await node.kill()
  disk.fill(0)
  await expect(node.restart()).rejects.toThrow('ended before it was ready')
  expect(node.log()).toMatch(/storePath: .*harbour\.db: the disk is full/)
  disk.free()
  await node.restart()
  expect((await node.api.list()).map(({ id }) => id).toSorted()).toEqual(taken.toSorted())
})
