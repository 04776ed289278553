/** Errors as the log keeps them: codes and messages come from agents, functions and expressions, and may be anything. */
import type { Reference } from '../values/reference.ts'
import { boundedText } from '../values/text.ts'
import type { StepError } from './event.ts'

const MAX_CODE = 64

export const stepError = (code: string, message: string, retryable = false): StepError => ({
  code: boundedText(code, MAX_CODE),
  message: boundedText(message),
  retryable,
})

/** A reference leads to nothing, or to something else than it did. */
export const valueMissing = ({ $value, bytes }: Reference): StepError =>
  stepError('value-missing', `the value ${$value} (${bytes} bytes) is not here, or is not what it was`)
