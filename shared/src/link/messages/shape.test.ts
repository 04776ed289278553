import { expect, test } from 'vitest'
import * as z from 'zod'
import { sha256Hex } from '../../values/hash.ts'
import { canonicalJson } from '../../values/json.ts'
import { VERSIONS } from '../versions.ts'
import { down, up } from './index.ts'

const shapeOf = (schema: z.ZodType): string =>
  sha256Hex(canonicalJson(JSON.parse(JSON.stringify(z.toJSONSchema(schema, { unrepresentable: 'any' })))))

// When this fails, a message changed shape. If a node of an older release could not read the new one, or could not be read by it,
// add a version to VERSIONS; then put the new hashes here.
test('L4 the shape of every message is the one that version 1 promised', () => {
  expect({ versions: VERSIONS, up: shapeOf(up), down: shapeOf(down) }).toEqual({
    versions: [1],
    up: '8d1511daa38f5c06920f01027dd4b403d0951533b206d8975442eaf24d2d6daa',
    down: 'ec54277c6810f3773dce73686cf17e8260cb64d9559ecd7f5c6f518ae5149c5d',
  })
})
