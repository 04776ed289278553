import { expect, test } from 'vitest'
import { toyApi } from './toy-api.ts'

const PATH = '/api/v1/facilities/harbour-a'
const as = (who: string) => ({ Authorization: `Bearer ${who}` })

test('SYN-7 who runs a facility is told to whoever may see it, and to nobody else', async () => {
  const { ask } = toyApi()
  const seen = await ask('GET', `${PATH}/authority`, undefined, as('viewer-a'))
  expect([seen.status, await seen.json()]).toMatchObject([200, { epoch: 1, vacant: false, holdover: { kind: 'until-released' } }])
  for (const facility of ['harbour-b', 'nowhere']) {
    expect((await ask('GET', `/api/v1/facilities/${facility}/authority`)).status).toBe(404)
    expect((await ask('POST', `/api/v1/facilities/${facility}/handover`, { to: 'spare' })).status).toBe(404)
  }
})

test('SYN-7 handing over and declaring lost need their roles, a heir that can be one, and a reason', async () => {
  const { ask } = toyApi()
  const handOver = (who: string, to = 'spare') => ask('POST', `${PATH}/handover`, { to }, as(who))
  const declareLost = (who: string, body: object) => ask('POST', `${PATH}/declare-lost`, body, as(who))
  expect([(await handOver('operator-a')).status, (await handOver('planner-a', 'not an id')).status]).toEqual([403, 422])
  expect(await (await handOver('planner-a')).json()).toMatchObject({ epoch: 2, holder: 'spare' })
  expect([(await declareLost('planner-a', { reason: 'fire' })).status, (await declareLost('admin', {})).status]).toEqual([403, 422])
  expect(await (await declareLost('admin', { reason: 'fire' })).json()).toMatchObject({ vacant: true })
})
