/** For tests: facilities held by a gateway of their name, under the epoch that they were last given. */
import { refusal } from '../values/refusal.ts'
import { err, ok } from '../values/result.ts'
import type { AuthorityDesk, AuthorityView } from './authority.ts'

export const toyAuthority = (facilities: readonly string[]): AuthorityDesk => {
  const views = new Map(
    facilities.map((facility): [string, AuthorityView] => [
      facility,
      { facility, epoch: 1, holder: `${facility}-gateway`, vacant: false, holdover: { kind: 'until-released' } },
    ]),
  )
  const change = (facility: string, changed: Partial<AuthorityView>) => {
    const view = views.get(facility)
    if (view === undefined) return err(refusal('fix-request', 'unknown-facility', 'no such facility'))
    const next = { ...view, ...changed }
    views.set(facility, next)
    return ok(next)
  }
  return {
    of: (facility) => views.get(facility),
    handOver: async (facility, holder) => change(facility, { holder, epoch: (views.get(facility)?.epoch ?? 0) + 1 }),
    declareLost: async (facility, { heir }) => change(facility, heir === undefined ? { vacant: true } : { holder: heir }),
  }
}
