import { expect, test } from 'vitest'
import { z } from 'zod'
import { sha256Hex } from '../../values/hash.ts'
import { canonicalJson, type Json } from '../../values/json.ts'
import { downMessage } from './down.ts'
import { upMessage } from './up.ts'
import { AGENT_PROTOCOL_VERSION } from './words.ts'

const shapeOf = (schema: z.ZodType): string => {
  const text: Json = JSON.parse(JSON.stringify(z.toJSONSchema(schema)))
  return sha256Hex(canonicalJson(text)).slice(0, 16)
}

/** Agents in the field speak the old shape. When this trips: raise AGENT_PROTOCOL_VERSION, then write down the new hashes. */
test('the wire shape of version 1', () => {
  expect({ version: AGENT_PROTOCOL_VERSION, up: shapeOf(upMessage), down: shapeOf(downMessage) }).toEqual({
    version: 1,
    up: '205c3492c2d16b35',
    down: 'a7a1c87adcee5df7',
  })
})
