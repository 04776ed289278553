/**
 * The CEL environment: the standard library, every function of which charges for what it is given, and two mendings.
 *
 *   +     on lists builds one flat list; the library chains them, so what `map` collects would cost its square to read
 *   + - * /   with an int on one side and a double on the other count as doubles: JSON doesn't tell 1 from 1.0, so its authors can't either
 *
 * Regular expressions are RE2's: linear in the text.
 */
import {
  type CelEnv,
  type CelFunc,
  type CelInput,
  type CelList,
  CelScalar,
  type CelValue,
  celEnv,
  celFunc,
  celList,
  celMethod,
  isCelError,
  isCelList,
  isCelMap,
  listType,
} from '@bufbuild/cel'
import { charge } from './budget.ts'
import { ChargedList } from './convert.ts'

const CHARACTERS_PER_UNIT = 16

const weightOf = (value: CelValue | undefined, charactersPerUnit = CHARACTERS_PER_UNIT): number => {
  if (typeof value === 'string') return value.length / charactersPerUnit
  return isCelList(value) || isCelMap(value) ? value.size : 0
}

/** All that an equality may have to look at. Charged while walking, so the walk itself is bounded. */
const chargeDeep = (value: CelValue | undefined): void => {
  charge(weightOf(value))
  if (isCelList(value)) for (let index = 0; index < value.size; index++) chargeDeep(value.get(index))
  else if (isCelMap(value)) for (const member of value.values()) chargeDeep(member)
}

const COMPARING = new Set(['_==_', '_!=_', '@in'])

const charged = (original: CelFunc): CelFunc => {
  // A regular expression is linear in the text, yet a step of its machine costs as much as many compared characters.
  const charactersPerUnit = original.name === 'matches' ? 1 : CHARACTERS_PER_UNIT
  const call = (target: CelValue | undefined, args: CelValue[]) => {
    charge(1)
    for (const value of target === undefined ? args : [target, ...args]) {
      if (COMPARING.has(original.name)) chargeDeep(value)
      else charge(weightOf(value, charactersPerUnit))
    }
    const result = original.call(0, target, args)
    if (isCelError(result)) throw result
    if (result === undefined) throw new Error(`${original.name} does not take these types`)
    return result
  }
  if (original.target === undefined)
    return celFunc(original.name, original.arguments, original.result, (...args: CelValue[]) => call(undefined, args))
  return celMethod(original.name, original.target, original.arguments, original.result, function (...args: CelValue[]) {
    return call(this, args)
  })
}

const LIST = listType(CelScalar.DYN)

const concat = (left: CelList, right: CelList): ChargedList => {
  charge(left.size + right.size)
  return ChargedList.from([...left, ...right])
}

/** The arrays behind the lists that macros are collecting. */
const collecting = new WeakMap<CelList, CelInput[]>()

const append = (left: CelList, right: CelList): CelList => {
  const elements = collecting.get(left)
  if (elements === undefined) {
    const collected = concat(left, right)
    const list = celList(collected)
    collecting.set(list, collected)
    return list
  }
  for (const element of right) elements.push(element)
  return left
}

const arithmetic: readonly { readonly name: string; readonly apply: (left: number, right: number) => number }[] = [
  { name: '_+_', apply: (left, right) => left + right },
  { name: '_-_', apply: (left, right) => left - right },
  { name: '_*_', apply: (left, right) => left * right },
  { name: '_/_', apply: (left, right) => left / right },
]

const { INT, DOUBLE } = CelScalar
const mixed: readonly CelFunc[] = arithmetic.flatMap(({ name, apply }) => [
  celFunc(name, [INT, DOUBLE], DOUBLE, (left, right) => apply(Number(left), right)),
  celFunc(name, [DOUBLE, INT], DOUBLE, (left, right) => apply(left, Number(right))),
])

const lists: readonly CelFunc[] = [celFunc('_+_', [LIST, LIST], LIST, concat), celFunc('@append', [LIST, LIST], LIST, append)]

const standard = celEnv()

export const environment: CelEnv = celEnv({
  funcs: [...[...standard.funcs].map(charged), ...mixed, ...lists],
})

export const isFunction = (name: string): boolean => environment.funcs.find(name) !== undefined
