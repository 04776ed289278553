/** The coordinator's configuration file, validated whole before anything starts (B38). Durations are milliseconds. */
import { ROLES } from '@holdfast/shared/http'
import { retentionConfig, TOKEN_HASH } from '@holdfast/shared/system'
import { MAX_NODE_NUMBER } from '@holdfast/shared/values'
import { z } from 'zod'

const id = z.string().regex(/^[a-z0-9_-]{1,64}$/, 'must be 1 to 64 of a-z, 0-9, _ and -')
const tokenHash = z.string().regex(TOKEN_HASH, 'must be sha256: and 64 hex digits; the token itself does not belong in this file')
const nodeNumber = z.number().int().min(1).max(MAX_NODE_NUMBER)

/** A facility as enrolled: the gateway that speaks for it, and the hash of that gateway's token. */
const facility = z.strictObject({ id, title: z.string().max(128), node: id, nodeNumber, tokenHash })
export type FacilityConfig = z.infer<typeof facility>

export const coordinatorConfig = z.strictObject({
  node: id,
  nodeNumber,
  storePath: z.string().min(1),
  definitionsFolder: z.string().min(1),
  /** Definitions that come with Holdfast, by name. */
  shipped: z.union([z.literal('all'), z.array(id)]).default([]),
  /** The built dashboard; without it the API is served alone. */
  dashboardFolder: z.string().exactOptional(),
  host: z.string().default('127.0.0.1'),
  port: z.number().int().min(0).max(65_535).default(7400),
  /** Names the coordinator is called by. */
  hostNames: z.array(z.string().toLowerCase()).default(['localhost', '127.0.0.1']),
  facilities: z.array(facility),
  principals: z.array(z.strictObject({ name: id, role: z.enum(ROLES), facilities: z.union([z.literal('*'), z.array(id)]), tokenHash })),
  link: z
    .strictObject({ pingMs: z.number().int().positive().default(10_000), silenceMs: z.number().int().positive().default(30_000) })
    .default({ pingMs: 10_000, silenceMs: 30_000 }),
  retention: retentionConfig,
  logLevel: z.enum(['debug', 'info', 'warn', 'error', 'silent']).default('info'),
})

export type CoordinatorConfig = z.infer<typeof coordinatorConfig>
