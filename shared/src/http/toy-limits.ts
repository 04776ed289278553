/** For tests: one breaker of each facility, open until somebody closes it, and a dock that is held. */
import { ok } from '../values/result.ts'
import type { BreakerView } from './limit-views.ts'
import type { LimitsApi } from './limits.ts'

export const toyLimits = (facilities: readonly string[]): LimitsApi => {
  const closed = new Set<string>()
  const viewOf = (facility: string): BreakerView => {
    const common = { facility, name: 'order:pay', opened: 1, since: 1, explain: 'as it is' }
    return closed.has(facility) ? { ...common, state: 'closed' } : { ...common, state: 'open', until: 9 }
  }
  return {
    breakers: async () => facilities.map(viewOf),
    reset: async (facility) => ok(closed.add(facility)),
    resources: () => [
      { name: 'dock', capacity: 1, held: 1, holders: [{ workflow: 'w_1', name: 'order-1/unload', amount: 1 }], waiters: [] },
    ],
  }
}
