/**
 * What the tests of this room share: a workflow driven by commands, with its promises checked at every one.
 *
 * After each command it holds that the log written down and read again gives this very state (I18), that no event was emitted which
 * the tables ignore, and that an ended workflow stays as it ended until it is reopened (W2).
 */
import type { CompiledDefinition } from '../definition/compiled.ts'
import { parseDefinition } from '../definition/parse.ts'
import { workflowIdOf } from '../values/ids.ts'
import { canonicalJson, type Json } from '../values/json.ts'
import type { Refusal } from '../values/refusal.ts'
import type { Result } from '../values/result.ts'
import { attemptMark, attemptOf, calleeOf } from './attempt.ts'
import { decodeEntry, EMPTY_CONTEXT, encodeEntry } from './codec.ts'
import type { AttemptName, Command, Fact } from './command.ts'
import { decide } from './decide.ts'
import type { LogEntry, Purpose, WorkflowEvent } from './event.ts'
import { evolve } from './evolve.ts'
import { type Gates, NO_GATES } from './gates.ts'
import { STEP_TABLE, WORKFLOW_TABLE } from './lifecycle.ts'
import { type NodeContext, PLAIN_NODE } from './node-context.ts'
import type { StepState, WorkflowState } from './state.ts'
import { isTerminal, type StepStatus } from './status.ts'
import type { Wanted } from './want.ts'
import { wanted } from './wanted.ts'

export const HOME = 'harbour'

/** A definition as its author would write it, in JSON. */
export const define = (authored: { readonly [key: string]: unknown }): CompiledDefinition => {
  const compiled = parseDefinition(JSON.stringify({ name: 'test', ...authored }), { format: 'json' })
  if (!compiled.ok) throw new Error(JSON.stringify(compiled.error))
  return compiled.value
}

export const TASK = { type: 'task', capability: 'move', retry: 'none' } as const
export const FUNCTION = { type: 'function', function: 'f', retry: 'none' } as const
/** Three tries, a second apart. */
export const RETRIED = { strategy: 'fixed', maxAttempts: 3, initialDelayMs: 1_000, maxDelayMs: 1_000, jitter: false } as const

export const unwrap = <T>(result: Result<T, Refusal>): T => {
  if (!result.ok) throw new Error(`${result.error.code}: ${result.error.message}`)
  return result.value
}

/** Equal texts for equal states. */
export const picture = (state: WorkflowState | undefined): string => JSON.stringify(state)

/** The log as it would lie in a document if every value were large, read again. */
export const throughCodec = (entries: readonly LogEntry[]): readonly LogEntry[] => {
  const apart: string[] = []
  const put = (value: Json): Json => [apart.push(JSON.stringify(value)) - 1]
  const open = (field: Json): Json => JSON.parse(apart[Number(field)] ?? '')
  let writing = EMPTY_CONTEXT
  let reading = EMPTY_CONTEXT
  return entries.map((entry) => {
    const written = encodeEntry(entry, writing, put)
    writing = written.context
    const coded: Json[] = JSON.parse(JSON.stringify(written.coded))
    const read = decodeEntry(coded, reading, open)
    reading = read.context
    return read.entry
  })
}

export const fold = (entries: readonly LogEntry[]): WorkflowState | undefined =>
  entries.reduce<WorkflowState | undefined>((state, entry) => evolve(state, entry), undefined)

export class Run {
  definition: CompiledDefinition
  readonly gates: Gates
  /** What else the node knows and objects to. */
  node: Partial<NodeContext> = {}
  readonly id: string
  readonly log: LogEntry[] = []
  now = 1_000
  /** Tests that drive thousands of commands check the replay once, at their end. */
  checksReplay = true
  #state: WorkflowState | undefined

  constructor(definition: CompiledDefinition, input: Json = {}, key = 'k', gates = NO_GATES) {
    this.definition = definition
    this.gates = gates
    this.id = workflowIdOf(HOME, key)
    const { hash } = definition
    this.put({ type: 'create', home: HOME, key, definition: hash, title: 't', priority: 'normal', input })
  }

  get state(): WorkflowState {
    if (this.#state === undefined) throw new Error('not created')
    return this.#state
  }

  get wanted(): Wanted {
    return wanted(this.definition, this.id, this.state, this.gates)
  }

  try(command: Command, by = 'ann'): Result<readonly LogEntry[], Refusal> {
    const before = this.#state
    const decided = decide(this.definition, this.id, before, command, {
      now: { wall: this.now, monotonic: 0 },
      by,
      node: { ...PLAIN_NODE, gates: this.gates, ...this.node },
    })
    if (!decided.ok) {
      if (this.#state !== before) throw new Error('a refusal changed something')
      return decided
    }
    const { entries, state } = decided.value
    checkEntries(before, entries, state)
    this.log.push(...entries)
    this.#state = state
    if (this.checksReplay) this.checkReplay()
    return { ok: true, value: entries }
  }

  put(command: Command, by = 'ann'): readonly LogEntry[] {
    return unwrap(this.try(command, by))
  }

  checkReplay(): void {
    const replayed = picture(fold(throughCodec(this.log)))
    if (replayed !== picture(this.#state)) throw new Error(`replay differs\n${replayed}\n${picture(this.#state)}`)
  }

  /** What a node writes by itself. */
  append(entries: readonly LogEntry[]): void {
    this.log.push(...entries)
    this.#state = entries.reduce<WorkflowState | undefined>(evolve, this.#state)
    this.checkReplay()
  }

  /** From now on it goes by this definition. */
  follow(definition: CompiledDefinition): void {
    this.definition = definition
  }

  /** Lets time pass and whatever is due happen. */
  wait(ms: number): void {
    this.now += ms
    this.put({ type: 'tick' })
  }

  ref(name: string): number {
    const [id = '', item] = name.split('/')
    const ref = this.definition.numberOf.get(id) ?? -1
    return item === undefined ? ref : (this.state.steps[ref]?.items?.first ?? 0) + Number(item)
  }

  step(name: string): StepState {
    const step = this.state.steps[this.ref(name)]
    if (step === undefined) throw new Error(`no step ${name}`)
    return step
  }

  status(name: string): StepStatus {
    return this.step(name).status
  }

  /** The attempt a step is at, or that attempt. */
  name(step: string, attempt = this.step(step).attempt): AttemptName {
    const purpose: Purpose = this.status(step) === 'compensating' ? 'compensate' : 'forward'
    return { ref: this.ref(step), attempt, purpose }
  }

  /** Gives the waiting step to an agent, who accepts it. */
  begin(step: string, agent = 'r1'): AttemptName {
    this.put({ type: 'offer', agent, ...this.name(step, this.step(step).attempt + 1) })
    const name = this.name(step)
    this.put({ type: 'attempt-accepted', ...name }, agent)
    return name
  }

  /** As whoever may report on this attempt: the agent it was offered to, or the maker of the call. */
  report(fact: Extract<Fact, AttemptName>): readonly LogEntry[] {
    const step = this.state.steps[fact.ref]
    const work = step && attemptOf(this.definition, step, fact.purpose)?.spec.work
    const isEnd = fact.type === 'attempt-succeeded' || fact.type === 'attempt-failed'
    const callee = work && calleeOf(work)
    if (callee !== undefined) return this.put(isEnd ? { ...fact, function: callee } : fact, callee)
    return this.put(fact, step?.offered?.[attemptMark(fact)] ?? 'nobody')
  }

  succeed(step: string, output: Json = null, name = this.name(step)): readonly LogEntry[] {
    return this.report({ type: 'attempt-succeeded', output, ...name })
  }

  fail(step: string, code = 'broken', retryable?: boolean, name = this.name(step)): readonly LogEntry[] {
    const error = { code, message: `${code}!`, ...(retryable === undefined ? {} : { retryable }) }
    return this.report({ type: 'attempt-failed', error, ...name })
  }

  done(step: string, output: Json = null): void {
    this.begin(step)
    this.succeed(step, output)
  }

  cancel(): void {
    this.put({ type: 'cancel', reason: 'not needed' })
  }

  signal(name: string, id: string, payload: Json = null): readonly LogEntry[] {
    return this.put({ type: 'signal', name, id, payload })
  }

  /** Types of the events so far, steps by name. */
  get story(): readonly string[] {
    return this.log.map(({ event }) => ('ref' in event ? `${event.type} ${this.#nameOf(event.ref)}` : event.type))
  }

  #nameOf(ref: number): string {
    const step = this.state.steps[ref]
    const id = this.definition.steps[step?.spec ?? -1]?.id ?? '?'
    return step?.item === undefined ? id : `${id}/${step.item}`
  }
}

const checkEntries = (before: WorkflowState | undefined, entries: readonly LogEntry[], after: WorkflowState): void => {
  let state = before
  for (const entry of entries) {
    if (state !== undefined && isIgnored(state, entry.event)) {
      throw new Error(`${entry.event.type} means nothing in ${picture(state)}`)
    }
    state = evolve(state, entry)
  }
  if (picture(state) !== picture(after)) throw new Error('the entries do not lead to the state')
  if (before !== undefined && isTerminal(before.status) && !entries.some(({ event }) => event.type === 'reopened')) {
    const same = before.status === after.status && canonicalJson(before.output ?? null) === canonicalJson(after.output ?? null)
    if (!same || before.endedAt !== after.endedAt) throw new Error(`it had ended ${before.status}, and now is ${after.status}`)
  }
}

/** Decided, written down, and without effect: a decision that didn't know the tables. */
const isIgnored = (state: WorkflowState, event: WorkflowEvent): boolean => {
  if (event.type === 'late-result') return false
  if ('ref' in event) return STEP_TABLE[state.steps[event.ref]?.status ?? 'skipped'][event.type] === null
  const row: { readonly [type: string]: unknown } = WORKFLOW_TABLE[state.status]
  return row[event.type] === null
}
