/** A workflow that another one asked for: of the same home, under a key that only its parent can have given. */
import { workflowIdOf } from '../values/ids.ts'
import { type Refusal, refusal } from '../values/refusal.ts'
import { err, ok, type Result } from '../values/result.ts'
import type { WantedStart } from '../workflow/want.ts'
import type { Catalogue } from './catalogue.ts'
import type { WillInput } from './inputs.ts'
import type { Unit } from './unit.ts'

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
