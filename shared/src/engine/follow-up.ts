/** A workflow that another one asked for: of the same home, under a key that only its parent can have given. */
import { workflowIdOf } from '../values/ids.ts'
import { type Refusal, refusal } from '../values/refusal.ts'
import { err, ok, type Result } from '../values/result.ts'
import type { WantedStart } from '../workflow/want.ts'
import type { Catalogue } from './catalogue.ts'
import type { WillInput } from './inputs.ts'
import type { Unit } from './unit.ts'

/** Why one that is wanted can't be started by this node, in words for the parent's reader; nothing where it can. */
export const followUpProblem = (catalogue: Catalogue, { definition, input }: WantedStart): string | undefined => {
  const known = catalogue.byName(definition)
  if (known === undefined) return `Its follow-up ${definition} can't start: this node knows no definition of that name.`
  const problems = known.checkInput(input)
  return problems.length === 0 ? undefined : `Its follow-up ${definition} can't start: its input does not fit: ${problems.join('; ')}.`
}

export const followUpWill = (catalogue: Catalogue, parent: Unit, { key, definition, input }: WantedStart): Result<WillInput, Refusal> => {
  const known = catalogue.byName(definition)
  if (known === undefined) return err(refusal('ask-person', 'unknown-definition', `This node knows no definition named ${definition}.`))
  const priority = parent.state?.priority ?? 'normal'
  const title = `${known.definition.title} for ${parent.state?.title ?? parent.id}`
  const { home } = parent
  return ok({
    kind: 'will',
    workflow: workflowIdOf(home, key),
    home,
    command: { type: 'create', home, key, definition: known.hash, title, priority, input },
    by: `workflow ${parent.id}`,
    reason: 'follow-up',
  })
}
