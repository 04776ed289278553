/**
 * The model that strong histories are held against: one document as a register with a version, which every write raises by one, and a
 * lease whose token every grant raises.
 *
 *   write            takes effect always                                 → the version it made
 *   compare-and-set  takes effect if the version is the expected one     → whether it did, and the version there is then
 *   read                                                                 → version and value
 *   acquire          takes effect always                                 → a token higher than any before
 */
import type { Model, Operation } from './linearizability.ts'

export type RegisterCall =
  | { readonly type: 'read' }
  | { readonly type: 'write'; readonly value: string }
  | { readonly type: 'compare-and-set'; readonly version: number; readonly value: string }
  | { readonly type: 'acquire' }

export type RegisterAnswer =
  | { readonly type: 'read'; readonly version: number; readonly value: string }
  | { readonly type: 'write'; readonly version: number }
  | { readonly type: 'compare-and-set'; readonly done: boolean; readonly version: number }
  | { readonly type: 'acquire'; readonly token: number }

export type RegisterOperation = Operation<RegisterCall, RegisterAnswer>

interface Register {
  readonly version: number
  readonly value: string
  readonly token: number
}

const INITIAL: Register = { version: 0, value: '', token: 0 }

export const VERSIONED_REGISTER: Model<Register, RegisterCall, RegisterAnswer> = {
  initial: INITIAL,
  keyOf: ({ version, value, token }) => `${version} ${token} ${value}`,
  step: (register, call, answer) => {
    switch (call.type) {
      case 'read':
        return answer === undefined || isShown(register, answer) ? register : undefined
      case 'write':
        return written(register, call.value, answer)
      case 'compare-and-set':
        return call.version === register.version ? written(register, call.value, answer) : refused(register, answer)
      case 'acquire':
        return acquired(register, answer)
    }
  },
}

const isShown = ({ version, value }: Register, answer: RegisterAnswer): boolean =>
  answer.type === 'read' && answer.version === version && answer.value === value

const written = (register: Register, value: string, answer: RegisterAnswer | undefined): Register | undefined => {
  const after = { ...register, version: register.version + 1, value }
  if (answer === undefined) return after
  if (answer.type !== 'write' && answer.type !== 'compare-and-set') return undefined
  const isDone = answer.type === 'write' || answer.done
  return isDone && answer.version === after.version ? after : undefined
}

const refused = (register: Register, answer: RegisterAnswer | undefined): Register | undefined => {
  if (answer === undefined) return register
  return answer.type === 'compare-and-set' && !answer.done && answer.version === register.version ? register : undefined
}

const acquired = (register: Register, answer: RegisterAnswer | undefined): Register | undefined => {
  if (answer === undefined) return { ...register, token: register.token + 1 }
  return answer.type === 'acquire' && answer.token > register.token ? { ...register, token: answer.token } : undefined
}
