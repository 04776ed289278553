/**
 * Definitions written in TypeScript: the compiler finds what the checks would find at registration, and before.
 *
 *   define({ name: 'delivery', input: object({ order: text() }) })
 *     .compensation('put-back', { type: 'task', capability: 'put-back', undoes: object({ bin: text() }) })
 *     .step('pick', { type: 'task', capability: 'pick', returns: object({ bin: text() }), compensate: 'put-back' })
 *     .step('pack', { type: 'task', capability: 'pack', takes: object({ bin: text(), order: text() }), input: { order: 'input.order' } })
 *     .link('pick', 'pack', { sourcePort: 'bin', targetPort: 'bin' })
 *     .build()
 *
 * A step not named before, a compensation that can't undo the output, a member that isn't there or of another type, a port the target
 * doesn't take: none of them compiles. What comes out is the authored form of YAML and JSON, and passes the same checks.
 *
 * A builder never changes; each call gives another one that knows more.
 */
import type { Json, JsonObject } from '../../values/json.ts'
import { type Compilation, compileAuthored } from '../compile.ts'
import type { Expression, Fresh, Known, KnownStep, Sees, SourcePort, StepId, TargetPort, WithCompensation, WithStep } from './known.ts'
import type { LifecycleSpec, Stages } from './lifecycle-spec.ts'
import type { PathTo } from './path.ts'
import type { Shape } from './shape.ts'
import type {
  CancelSpec,
  ChoiceSpec,
  CompensationSpec,
  FailurePolicies,
  GuardSpec,
  LinkSpec,
  MapSpec,
  Met,
  Promised,
  StepSpec,
  SyncSpec,
} from './spec.ts'
import { written } from './written.ts'

interface Header<Input> extends Promised, FailurePolicies {
  readonly name: string
  readonly version?: number
  readonly title?: string
  readonly description?: string
  readonly tags?: readonly string[]
  readonly timeoutMs?: number | string
  readonly input?: Shape<Input>
}

interface Nothing {
  readonly steps: Record<never, KnownStep>
  readonly compensations: Record<never, unknown>
}

export const define = <Input = Json>({ input, ...header }: Header<Input>): DefinitionBuilder<Nothing & { readonly input: Input }> =>
  new DefinitionBuilder({ ...written(header), ...(input === undefined ? {} : { inputSchema: input.schema }) }, {}, [], {})

export class DefinitionBuilder<K extends Known> {
  readonly #rest: JsonObject
  readonly #steps: JsonObject
  readonly #links: readonly JsonObject[]
  readonly #compensations: JsonObject

  constructor(rest: JsonObject, steps: JsonObject, links: readonly JsonObject[], compensations: JsonObject) {
    this.#rest = rest
    this.#steps = steps
    this.#links = links
    this.#compensations = compensations
  }

  step<Id extends string, Takes = unknown, Output = Json>(
    id: Fresh<Id, K['steps']>,
    spec: StepSpec<K, Takes, Output>,
  ): DefinitionBuilder<WithStep<K, Id, Takes, Output>> {
    return this.#withStep(id, written(spec))
  }

  /** One inner attempt for each element of a list; inside, `item` and `index` are seen. */
  map<Id extends string, Over extends PathTo<Sees<K>, readonly unknown[]>, Takes = unknown, Output = Json>(
    id: Fresh<Id, K['steps']>,
    spec: MapSpec<K, Over, Takes, Output>,
  ): DefinitionBuilder<WithStep<K, Id, Record<never, never>, readonly Output[]>> {
    return this.#withStep(id, { type: 'map', ...written(spec) })
  }

  /** Waits at a barrier until so many have arrived. */
  sync<Id extends string>(id: Fresh<Id, K['steps']>, spec: SyncSpec<K>): DefinitionBuilder<WithStep<K, Id, Record<never, never>, Met>> {
    return this.#withStep(id, { type: 'sync', ...written(spec) })
  }

  /** The first case that holds leads on, else `otherwise`. */
  choice<Id extends string>(
    id: Fresh<Id, K['steps']>,
    spec: ChoiceSpec<K>,
  ): DefinitionBuilder<WithStep<K, Id, Record<never, never>, null>> {
    return this.#withStep(id, { type: 'choice', ...written(spec) })
  }

  compensation<Id extends string, Takes = unknown, Undone = unknown>(
    name: Fresh<Id, K['compensations']>,
    spec: CompensationSpec<K, Takes, Undone>,
  ): DefinitionBuilder<WithCompensation<K, Id, Undone>> {
    return new DefinitionBuilder(this.#rest, this.#steps, this.#links, { ...this.#compensations, [name]: written(spec) })
  }

  link<From extends StepId<K>, To extends StepId<K>, Source extends SourcePort<K['steps'][From]['output']> = never>(
    from: From,
    to: To,
    spec: LinkSpec<
      K,
      K['steps'][From]['output'],
      Source,
      TargetPort<K['steps'][To]['takes'], Travelling<K['steps'][From]['output'], NoInfer<Source>>>
    > = {},
  ): DefinitionBuilder<K> {
    return new DefinitionBuilder(this.#rest, this.#steps, [...this.#links, { from, to, ...written(spec) }], this.#compensations)
  }

  output(mapping: { readonly [name: string]: Expression<Sees<K>, Json> }): DefinitionBuilder<K> {
    return this.#with({ output: written(mapping) })
  }

  /** Steps whose output other facilities may read. */
  share(...shares: readonly StepId<K>[]): DefinitionBuilder<K> {
    return this.#with({ shares })
  }

  cancel(spec: CancelSpec<K>): DefinitionBuilder<K> {
    return this.#with({ cancel: written(spec) })
  }

  /** Must hold at every decision of that kind; one more with each call. */
  guard(spec: GuardSpec<K>): DefinitionBuilder<K> {
    const { guards } = this.#rest
    return this.#with({ guards: [...(Array.isArray(guards) ? guards : []), written(spec)] })
  }

  /** Stages of its own, moved on by steps named before. */
  lifecycle<const States extends Stages>(spec: LifecycleSpec<K, States>): DefinitionBuilder<K> {
    return this.#with({ lifecycle: written(spec) })
  }

  /** The authored form, as a file would hold it. */
  get authored(): JsonObject {
    return { ...this.#rest, steps: this.#steps, links: this.#links, compensations: this.#compensations }
  }

  build(): Compilation {
    return compileAuthored(this.authored)
  }

  #with(rest: JsonObject): DefinitionBuilder<K> {
    return new DefinitionBuilder({ ...this.#rest, ...rest }, this.#steps, this.#links, this.#compensations)
  }

  #withStep<Next extends Known>(id: string, step: JsonObject): DefinitionBuilder<Next> {
    return new DefinitionBuilder(this.#rest, { ...this.#steps, [id]: step }, this.#links, this.#compensations)
  }
}

/** Without a source port the whole output travels. */
type Travelling<Output, Source> = [Source] extends [never] ? Output : Source extends keyof Output ? Output[Source] : never
