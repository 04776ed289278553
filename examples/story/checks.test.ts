import { expect, test } from 'vitest'
import { wasBusy } from './checks.ts'

const cut = { walkIns: [], completedWhileCut: 3, pendingAtHeal: 40 }
const kill = { acknowledged: [], openAtKill: 5, downMs: 100, recovery: '' }

test('a cut or a kill that met no work fails the story', () => {
  expect(wasBusy({ cut, kill })).toMatchObject({ held: true })
  expect(wasBusy({ cut: { ...cut, pendingAtHeal: 0 }, kill })).toMatchObject({ held: false })
  expect(wasBusy({ cut, kill: { ...kill, openAtKill: 0 } })).toMatchObject({ held: false })
})
