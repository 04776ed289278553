/**
 * A refusal as it may travel. One that is too long or too deep for a frame would be refused itself, and end every session anew;
 * its code and the beginning of its message always get through.
 */
import { isJsonObject, type Json } from '../values/json.ts'
import type { Refusal } from '../values/refusal.ts'

const MAX_TEXT = 4096
const MAX_DEPTH = 8

export const wireRefusal = ({ next, code, message, details }: Refusal): Refusal => {
  const brief = { next, code: code.slice(0, 64), message: message.slice(0, MAX_TEXT) }
  return details !== undefined && fits(details) ? { ...brief, details } : brief
}

const fits = (details: Json): boolean => isShallow(details, MAX_DEPTH) && JSON.stringify(details).length <= MAX_TEXT

const isShallow = (value: Json, depthLeft: number): boolean => {
  if (value === null || typeof value !== 'object') return true
  return depthLeft > 0 && (isJsonObject(value) ? Object.values(value) : value).every((member) => isShallow(member, depthLeft - 1))
}
