/**
 * Whom calls are made to: functions by name, and executors with the parameters of a definition.
 *
 * Parameters are checked against their executor's schema twice: when a definition is registered, so its author learns of it; and before
 * each call, because a definition that runs may be older than the executor.
 */
import type { CompiledDefinition } from '../definition/compiled.ts'
import type { UndoWork, Work } from '../definition/definition.ts'
import { type CheckInput, compileInputSchema } from '../definition/input.ts'
import { nearest } from '../definition/nearest.ts'
import type { Executor } from '../ports/executor.ts'
import type { AttemptError, Performer } from '../ports/performer.ts'
import type { JsonObject } from '../values/json.ts'
import { err, ok, type Result } from '../values/result.ts'
import type { WantedCall } from '../workflow/want.ts'
import type { EngineConfig } from './config.ts'

export class Callees {
  readonly #functions: ReadonlyMap<string, Performer>
  readonly #executors: ReadonlyMap<string, { readonly executor: Executor; readonly check: CheckInput }>

  /** Throws on an executor whose own schema can't be understood: a programmer's error. */
  constructor(functions: ReadonlyMap<string, Performer>, executors: ReadonlyMap<string, Executor> = new Map()) {
    this.#functions = functions
    this.#executors = new Map([...executors].map(([name, executor]) => [name, { executor, check: checkOf(name, executor) }]))
  }

  performerOf({ function: name, parameters }: WantedCall): Result<Performer, AttemptError> {
    if (parameters !== undefined) return this.#performerWith(name, parameters)
    const performer = this.#functions.get(name)
    if (performer !== undefined) return ok(performer)
    return err({ code: 'unknown-function', message: `no function ${name} is registered on this node`, retryable: false })
  }

  #performerWith(name: string, parameters: JsonObject): Result<Performer, AttemptError> {
    const known = this.#executors.get(name)
    if (known === undefined) {
      return err({ code: 'unknown-executor', message: `no executor ${name} is registered on this node`, retryable: false })
    }
    const problems = known.check(parameters)
    if (problems.length === 0) return ok(known.executor.performer(parameters))
    return err({ code: 'bad-parameters', message: `${name} does not take these parameters: ${problems.join('; ')}`, retryable: false })
  }

  /** All that is wrong with what a definition asks of executors, each as `path: what`. */
  problemsOf({ definition }: CompiledDefinition): readonly string[] {
    const { steps, compensations } = definition
    return [
      ...Object.entries(steps).flatMap(([id, { work }]) => this.#problemsOfWork(`steps.${id}`, work)),
      ...Object.entries(compensations).flatMap(([id, { work }]) => this.#problemsOfWork(`compensations.${id}`, work)),
    ]
  }

  #problemsOfWork(path: string, work: Work | UndoWork): readonly string[] {
    if (work.type === 'map') return this.#problemsOfWork(`${path}.each`, work.each.work)
    if (work.type !== 'executor') return []
    const known = this.#executors.get(work.executor)
    if (known !== undefined) return known.check(work.with).map((what) => `${path}.with: ${what}`)
    const near = nearest(work.executor, this.#executors.keys())
    const hint = near === undefined ? '' : `; did you mean ${near}?`
    return [`${path}.type: no executor ${work.executor} is registered on this node${hint}`]
  }
}

const checkOf = (name: string, { parameters }: Executor): CheckInput => {
  const { check, problems } = compileInputSchema(parameters)
  if (problems.length > 0) throw new TypeError(`the parameters of ${name}: ${problems.map(({ message }) => message).join('; ')}`)
  return check
}

/** Where workflows run, a definition is taken only if its plug-ins are there and take their parameters; copies need none. */
export const unfitHere = ({ authority, functions, executors }: EngineConfig, definition: CompiledDefinition): string | undefined => {
  if (authority.homes.size === 0) return undefined
  const problems = new Callees(functions, executors).problemsOf(definition)
  const { name, version } = definition.definition
  return problems.length === 0 ? undefined : `${name} version ${version} is not taken: ${problems.join('; ')}`
}
