/** What somebody should look at, though everything goes on as it may: told once, after what it speaks of is durable. */
import { describeEvent } from '../workflow/describe.ts'
import type { WorkflowEvent } from '../workflow/event.ts'
import type { BreakerNews } from './breakers.ts'
import type { Catalogue } from './catalogue.ts'
import type { News } from './committed.ts'
import type { Waiting } from './waiting.ts'

export type Alert =
  | { readonly kind: 'starving'; readonly workflow: string; readonly text: string }
  | { readonly kind: 'breaker-opened'; readonly home: string; readonly breaker: string; readonly text: string }
  | { readonly kind: 'deadline-at-risk' | 'deadline-breached'; readonly workflow: string; readonly text: string }

const starvingAlert = ({ workflow, begin, pool, shortage }: Waiting, wallNow: number): Alert => {
  const waitedS = Math.round((wallNow - begin.since) / 1_000)
  return { kind: 'starving', workflow, text: `${begin.demand.name} of ${workflow} has waited ${waitedS} s for ${pool} (${shortage}).` }
}

const breakerAlerts = (home: string, event: WorkflowEvent): readonly Alert[] => {
  if (event.type !== 'breaker-opened') return []
  const { breaker } = event
  return [{ kind: event.type, home, breaker, text: `${breaker} keeps failing at ${home} and is not begun for a while.` }]
}

/** What the entries of a workflow's log tell that nobody may have seen coming. */
const deadlineAlerts = ({ id, state, entries }: News, catalogue: Catalogue): readonly Alert[] =>
  entries.flatMap(({ event }): Alert[] => {
    if (event.type !== 'deadline-at-risk' && event.type !== 'deadline-breached') return []
    const definition = catalogue.byHash(state.definition)
    const text = definition === undefined ? event.type : describeEvent(definition, state, event)
    return [{ kind: event.type, workflow: id, text: `${state.key}: ${text}` }]
  })

interface Turned {
  readonly starving: readonly Waiting[]
  readonly breakers: readonly BreakerNews[]
  readonly news: readonly News[]
}

export const alertsOf = ({ starving, breakers, news }: Turned, catalogue: Catalogue, wallNow: number): readonly Alert[] => [
  ...starving.map((each) => starvingAlert(each, wallNow)),
  ...breakers.flatMap(({ home, event }) => breakerAlerts(home, event)),
  ...news.flatMap((each) => deadlineAlerts(each, catalogue)),
]
