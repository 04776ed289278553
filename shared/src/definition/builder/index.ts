export { type DefinitionBuilder, define } from './builder.ts'
export { cel, type Formula } from './formula.ts'
export { anything, flag, integer, list, number, object, oneOf, optional, type Shape, text } from './shape.ts'
