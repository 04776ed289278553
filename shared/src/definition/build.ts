/** Makes a definition ready to run: names become numbers, expressions are parsed once, the input's schema becomes a check. */
import { RETRY_PRESETS } from '../policy/retry.ts'
import { sha256Hex } from '../values/hash.ts'
import { canonicalJson, type JsonObject } from '../values/json.ts'
import type {
  CompiledAttempt,
  CompiledDefinition,
  CompiledGuard,
  CompiledLink,
  CompiledMapping,
  CompiledStep,
  Expression,
} from './compiled.ts'
import type { Attemptable, CompensationSpec, Definition, Mapping, StepSpec, UndoWork, WaitWork, Work } from './definition.ts'
import { demandOf } from './demand.ts'
import type { ExpressionTable } from './expression-table.ts'
import type { CheckInput } from './input.ts'
import { compileLifecycle } from './lifecycle.ts'

/** @throws when the definition wasn't checked before: every name and expression in it must hold */
export const buildCompiled = (definition: Definition, expressions: ExpressionTable, checkInput: CheckInput): CompiledDefinition => {
  const ids = Object.keys(definition.steps)
  const numberOf = new Map(ids.map((id, number) => [id, number]))
  const compiler = new Compiler(definition, expressions)
  const links = definition.links.map((spec, index) => compiler.link(spec, index, numberOf))
  const incoming = Map.groupBy(links, (link) => link.to)
  const outgoing = Map.groupBy(links, (link) => link.from)
  const steps = Object.entries(definition.steps).map(([id, spec], index) =>
    compiler.step(id, spec, index, incoming.get(index) ?? [], outgoing.get(index) ?? []),
  )
  const lateCancelInput = definition.cancel.late?.start?.input
  return {
    hash: hashOf(definition),
    definition,
    steps,
    numberOf,
    entries: steps.filter((step) => step.incoming.length === 0).map((step) => step.index),
    links,
    ...(definition.output === undefined ? {} : { output: compiler.mapping(definition.output) }),
    ...(lateCancelInput === undefined ? {} : { lateCancelInput: compiler.mapping(lateCancelInput) }),
    guards: compiler.guards(),
    ...(definition.lifecycle === undefined ? {} : { lifecycle: compileLifecycle(definition.lifecycle, numberOf) }),
    checkInput,
  }
}

/**
 * The content hash. Canonical JSON sorts members, yet the order of steps means something: logs name steps by number. So they are hashed as
 * a list, and a store that loses their order is found out instead of misreading a log.
 */
const hashOf = (definition: Definition): string =>
  sha256Hex(canonicalJson({ ...jsonOf(definition), steps: Object.entries(definition.steps).map(([id, step]) => [id, jsonOf(step)]) }))

/** A deep copy as plain JSON, absent members dropped. */
export const jsonOf = (value: object): JsonObject => JSON.parse(JSON.stringify(value))

/** A step that ran a workflow is undone by undoing that, unless its author names a compensation. */
const undoOf = ({ work, compensate, timeoutMs }: StepSpec): Pick<CompiledStep, 'compensation'> => {
  if (work.type !== 'workflow' || work.onUndo === 'leave' || compensate !== undefined) return {}
  return { compensation: { name: 'undo', spec: { work: { type: 'undo-workflow' }, timeoutMs, retry: RETRY_PRESETS.none } } }
}

class Compiler {
  readonly #definition: Definition
  readonly #expressions: ExpressionTable

  constructor(definition: Definition, expressions: ExpressionTable) {
    this.#definition = definition
    this.#expressions = expressions
  }

  link(spec: Definition['links'][number], index: number, numberOf: ReadonlyMap<string, number>): CompiledLink {
    const [from, to] = [numberOf.get(spec.from), numberOf.get(spec.to)]
    if (from === undefined || to === undefined) throw new Error(`link ${index} leads nowhere`)
    return { index, from, to, spec, ...(spec.when === undefined ? {} : { when: this.#expression(spec.when) }) }
  }

  step(id: string, spec: StepSpec, index: number, incoming: readonly CompiledLink[], outgoing: readonly CompiledLink[]): CompiledStep {
    return {
      ...this.#attempt(id, spec),
      ...undoOf(spec),
      index,
      id,
      incoming,
      outgoing,
      ...(spec.work.type === 'map' ? { over: this.#expression(spec.work.over), each: this.#attempt(id, spec.work.each) } : {}),
      ...(spec.work.type === 'sync' ? { barrier: this.#expression(spec.work.barrier) } : {}),
      ...(spec.work.type === 'wait' ? this.#waitFor(spec.work) : {}),
    }
  }

  guards(): readonly CompiledGuard[] {
    return (this.#definition.guards ?? []).map((spec) => ({ spec, require: this.#expression(spec.require) }))
  }

  mapping(mapping: Mapping): CompiledMapping {
    return Object.entries(mapping).map(([name, source]) => ({ name, expression: this.#expression(source) }))
  }

  #attempt<Spec extends Attemptable & { readonly work: Work | UndoWork }>(id: string, spec: Spec): CompiledAttempt<Spec> {
    const demand = demandOf(this.#definition, id, spec)
    return {
      spec,
      ...(demand === undefined ? {} : { demand }),
      ...(spec.input === undefined ? {} : { input: this.mapping(spec.input) }),
      ...(spec.validate === undefined ? {} : { validate: this.#expression(spec.validate) }),
      ...(spec.compensate === undefined ? {} : { compensation: this.#compensation(spec.compensate) }),
    }
  }

  #compensation(name: string): CompiledAttempt<CompensationSpec> & { readonly name: string } {
    const spec = this.#definition.compensations[name]
    if (spec === undefined) throw new Error(`there is no compensation ${name}`)
    return { ...this.#attempt(name, spec), name }
  }

  #waitFor({ on }: WaitWork): Pick<CompiledStep, 'waitFor'> {
    return on.kind === 'step' || on.kind === 'workflow'
      ? { waitFor: { facility: this.#expression(on.facility), key: this.#expression(on.key) } }
      : {}
  }

  #expression(source: string): Expression {
    const compiled = this.#expressions.get(source)
    if (!compiled.ok) throw new Error(`${source}: ${compiled.error}`)
    return compiled.value
  }
}
