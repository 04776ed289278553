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
    up: '2debbd3151210fe11d3bf0f39b8705fc6ec7b7a72d72e26d20db89fd215113a1',
    down: '634908fa58c62e9ab1ef9e2fe0600f3a42281206e2585d0863074e26ba462a09',
  })
})
