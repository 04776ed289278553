/**
 * How much work one evaluation may do. Everything that grows with the data is charged: each element iterated, each list built, each call
 * by the size of what it is given. Once spent, the evaluation fails whatever its result, since `||` may swallow the error underway.
 */
interface Budget {
  left: number
}

export const MAX_WORK = 250_000

/** Evaluations are synchronous and never nest, so one budget serves them all. */
export const budget: Budget = { left: MAX_WORK }

export const TOO_MUCH_WORK = 'expression does too much work on this input'

export class OutOfBudget extends Error {
  constructor() {
    super(TOO_MUCH_WORK)
  }
}

export const charge = (units: number): void => {
  budget.left -= units
  if (budget.left < 0) throw new OutOfBudget()
}
