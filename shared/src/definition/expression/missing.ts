/** Which of the values an expression looks at are not there, told from the names that it speaks of. */
import { isJsonObject, type Json, type JsonObject } from '../../values/json.ts'
import { MissingValue } from '../../values/reference.ts'
import type { Usage } from './syntax.ts'

export const missingOf = ({ names, steps }: Pick<Usage, 'names' | 'steps'>): ((variables: JsonObject) => MissingValue | undefined) => {
  const paths = [...[...names].map((name) => [name]), ...[...steps].map((step) => ['steps', step, 'output'])]
  return (variables) => {
    for (const path of paths) {
      const value = valueAt(variables, path)
      if (value instanceof MissingValue) return value
    }
    return undefined
  }
}

const valueAt = (variables: JsonObject, path: readonly string[]): Json | undefined => {
  let at: Json | undefined = variables
  for (const name of path) at = isJsonObject(at) && Object.hasOwn(at, name) ? at[name] : undefined
  return at
}
