/**
 * Whether a history of concurrent operations on one object could have happened one at a time, each at some moment between its call and its
 * answer, so that every answer is what a model gives. The search is Wing and Gong's (1993) with Lowe's memory (2017): a set of operations
 * already placed, together with the state they led to, is looked at once.
 *
 *   operations by their calls ──▶ may be next: called before any unplaced one was answered ──▶ the model agrees? ──▶ place it, go on
 *
 *   L1  An operation that was never answered may have taken effect at any moment after its call, or never.
 *   L2  The search is exact. When it has looked at more than it may it says `unknown`, never a guess.
 *
 * Histories of several objects are checked one object at a time: linearizability is local (Herlihy and Wing, 1990).
 */

export interface Operation<Call, Answer> {
  readonly client: string
  readonly calledAt: number
  readonly call: Call
  /** Nothing where nobody knows what became of it. */
  readonly answered: { readonly at: number; readonly answer: Answer } | undefined
}

export interface Model<State, Call, Answer> {
  readonly initial: State
  /** Equal texts for equal states. */
  keyOf(state: State): string
  /**
   * The state after it, if this answer is right in this state.
   * @param answer nothing where it is not known; then whatever the model answers is right
   */
  step(state: State, call: Call, answer: Answer | undefined): State | undefined
}

export type Linearizability<Call, Answer> =
  | { readonly verdict: 'linearizable' }
  /** `blocked` are those of which none could come next after as many as could be placed at all. */
  | { readonly verdict: 'not-linearizable'; readonly placed: number; readonly blocked: readonly Operation<Call, Answer>[] }
  | { readonly verdict: 'unknown' }

/** About a second's worth. */
const MAX_LOOKS = 500_000

export const linearizability = <State, Call, Answer>(
  model: Model<State, Call, Answer>,
  history: readonly Operation<Call, Answer>[],
  maxLooks = MAX_LOOKS,
): Linearizability<Call, Answer> => {
  const operations = history.toSorted((one, other) => one.calledAt - other.calledAt)
  const answered = operations.filter((one) => one.answered !== undefined).length
  const seen = new Set<string>()
  const stack: Place<State>[] = [{ placed: NONE, state: model.initial, answered: 0 }]
  let furthest: Place<State> | undefined
  for (let place = stack.pop(); place !== undefined; place = stack.pop()) {
    if (place.answered === answered) return { verdict: 'linearizable' }
    if (place.answered >= (furthest?.answered ?? 0)) furthest = place
    for (const index of candidates(operations, place.placed).toReversed()) {
      const next = placeNext(model, operations, place, index)
      const key = next && `${next.placed.below} ${next.placed.above} ${model.keyOf(next.state)}`
      if (next === undefined || key === undefined || seen.has(key)) continue
      seen.add(key)
      stack.push(next)
    }
    if (seen.size > maxLooks) return { verdict: 'unknown' }
  }
  return blockedAt(operations, furthest?.placed ?? NONE, furthest?.answered ?? 0)
}

/** Which operations are placed: all below a number, and of those above it the ones whose bit is set. */
interface Placed {
  readonly below: number
  readonly above: bigint
}

interface Place<State> {
  readonly placed: Placed
  readonly state: State
  readonly answered: number
}

const NONE: Placed = { below: 0, above: 0n }

const has = ({ below, above }: Placed, index: number): boolean => index < below || ((above >> BigInt(index - below)) & 1n) === 1n

const withPlaced = ({ below, above }: Placed, index: number): Placed => {
  let bits = above | (1n << BigInt(index - below))
  let from = below
  while ((bits & 1n) === 1n) {
    bits >>= 1n
    from += 1
  }
  return { below: from, above: bits }
}

/** Those not placed that were called before any other such was answered. */
const candidates = <Call, Answer>(operations: readonly Operation<Call, Answer>[], placed: Placed): readonly number[] => {
  const found: number[] = []
  let firstAnswer = Number.POSITIVE_INFINITY
  for (let index = placed.below; index < operations.length; index += 1) {
    const operation = operations[index]
    if (operation === undefined || has(placed, index)) continue
    if (operation.calledAt > firstAnswer) break
    firstAnswer = Math.min(firstAnswer, operation.answered?.at ?? Number.POSITIVE_INFINITY)
    found.push(index)
  }
  return found
}

const placeNext = <State, Call, Answer>(
  model: Model<State, Call, Answer>,
  operations: readonly Operation<Call, Answer>[],
  { placed, state, answered }: Place<State>,
  index: number,
): Place<State> | undefined => {
  const operation = operations[index]
  const after = operation && model.step(state, operation.call, operation.answered?.answer)
  if (operation === undefined || after === undefined) return undefined
  return { placed: withPlaced(placed, index), state: after, answered: answered + (operation.answered === undefined ? 0 : 1) }
}

const blockedAt = <Call, Answer>(
  operations: readonly Operation<Call, Answer>[],
  placed: Placed,
  answered: number,
): Linearizability<Call, Answer> => ({
  verdict: 'not-linearizable',
  placed: answered,
  blocked: candidates(operations, placed).flatMap((index) => operations[index] ?? []),
})
