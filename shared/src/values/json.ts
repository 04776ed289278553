/** JSON as a value, and its canonical form (RFC 8785) for hashing: keys in code-unit order, no spaces. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json }
export type JsonObject = { readonly [key: string]: Json }

/** The one text of a JSON value: equal values give equal text. Throws on a number JSON can't hold, which is a programmer's error. */
export const canonicalJson = (value: Json): string => {
  if (typeof value === 'number') return canonicalNumber(value)
  if (value === null || typeof value !== 'object') return JSON.stringify(value)
  return isJsonArray(value) ? canonicalArray(value) : canonicalObject(value)
}

/** A number's text in JavaScript is the one that RFC 8785 asks for. */
const canonicalNumber = (value: number): string => {
  if (!Number.isFinite(value)) throw new RangeError(`canonicalJson: ${value} is not a JSON number`)
  return String(value)
}

// Texts are joined as they come: every log entry passes here, and lists of members would cost more than the members.
const canonicalArray = (value: readonly Json[]): string => {
  let members = ''
  value.forEach((member, place) => {
    members += place === 0 ? canonicalJson(member) : `,${canonicalJson(member)}`
  })
  return `[${members}]`
}

const canonicalObject = (value: JsonObject): string => {
  let members = ''
  for (const key of Object.keys(value).sort()) {
    const member = value[key]
    if (member !== undefined) members += `${members === '' ? '' : ','}${JSON.stringify(key)}:${canonicalJson(member)}`
  }
  return `{${members}}`
}

const isJsonArray = (value: Json): value is readonly Json[] => Array.isArray(value)

export const isJsonObject = (value: unknown): value is JsonObject => typeof value === 'object' && value !== null && !Array.isArray(value)
