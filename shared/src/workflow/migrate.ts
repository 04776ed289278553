/**
 * Moving a workflow under way to another version of its definition (DEF-5): checked first, refused with all reasons, then one event that
 * says where each step went and which links count as sent. From then on the new definition is the one that holds.
 *
 * A link that both versions have keeps its answer. A new one out of a settled step is answered now, as if it had been there.
 */
import type { CompiledDefinition, CompiledLink } from '../definition/compiled.ts'
import { type Refusal, refusal } from '../values/refusal.ts'
import { err, ok, type Result } from '../values/result.ts'
import { reconsider } from './arrive.ts'
import type { Migration } from './command.ts'
import { Draft } from './draft.ts'
import type { EventOf, StepError } from './event.ts'
import { linkState, linksSent } from './links.ts'
import { reasonsAgainst } from './migration-check.ts'

export const migrate = (draft: Draft, { definition: hash, mapping = {} }: Migration): Refusal | undefined => {
  if (hash === draft.state.definition) return undefined
  const from = draft.definition
  const to = draft.node.definitionOf(hash)
  if (to === undefined) return refusal('ask-person', 'unknown-definition', 'This node does not know that definition.')
  if (to.definition.name !== from.definition.name)
    return refusal('fix-request', 'other-definition', `It is a ${from.definition.name}, and can't become a ${to.definition.name}.`)
  const places = from.steps.map(({ id }) => to.numberOf.get(mapping[id] ?? id) ?? -1)
  const reasons = [...strangers(from, to, mapping), ...reasonsAgainst(from, to, draft.state, places)]
  if (reasons.length > 0) return cannot(to, reasons)
  const sent = sentUnder(draft, to, places)
  if (!sent.ok) return cannot(to, [sent.error.message])
  draft.adopt(to, eventOf(to, places, sent.value))
  if (draft.state.status !== 'pending') reconsider(draft)
  return undefined
}

const cannot = ({ definition }: CompiledDefinition, reasons: readonly string[]): Refusal =>
  refusal('fix-request', 'cannot-migrate', `It can't go on under version ${definition.version}: ${reasons.join('; ')}.`, {
    errors: [...reasons],
  })

const strangers = (from: CompiledDefinition, to: CompiledDefinition, mapping: NonNullable<Migration['mapping']>): readonly string[] =>
  Object.entries(mapping).flatMap(([old, now]) => [
    ...(from.numberOf.has(old) ? [] : [`there is no step ${old} to be mapped`]),
    ...(to.numberOf.has(now) ? [] : [`there is no step ${now} to map ${old} to`]),
  ])

const eventOf = (to: CompiledDefinition, places: readonly number[], sent: readonly number[]): EventOf<'migrated'> => {
  const { name, version } = to.definition
  return { type: 'migrated', definition: to.hash, name, version, steps: to.steps.length, places, sent }
}

/** Numbers of the other definition's links that count as sent. */
const sentUnder = (draft: Draft, to: CompiledDefinition, places: readonly number[]): Result<readonly number[], StepError> => {
  const known = new Map(
    draft.definition.links.map((link) => [wayOf(link, places[link.from], places[link.to]), linkState(draft.state, link)]),
  )
  const kept = to.links.filter((link) => known.get(wayOf(link, link.from, link.to)) === 'sent').map(({ index }) => index)
  // The steps must have their new places before a new link can be answered by what they gave.
  const moved = new Draft(draft.definition, draft.workflow, draft.state, draft.now, draft.by, draft.node)
  moved.adopt(to, eventOf(to, places, kept))
  const sent = new Set(kept)
  for (const step of to.steps) {
    const { status, output = null } = moved.step(step.index) ?? {}
    if (status !== 'succeeded' && status !== 'failed') continue
    const answered = linksSent(moved, step, status, output)
    if (!answered.ok) return err(answered.error)
    for (const index of answered.value) {
      const link = to.links[index]
      if (link !== undefined && !known.has(wayOf(link, link.from, link.to))) sent.add(index)
    }
  }
  return ok([...sent].sort((a, b) => a - b))
}

/** Two links are the same way when they lead from and to the same steps for the same reason. */
const wayOf = ({ spec }: CompiledLink, from: number | undefined, to: number | undefined): string =>
  JSON.stringify([from, to, spec.trigger, spec.when ?? null])
