/** The coordinator's configuration file, validated whole before anything starts (B38). Durations are milliseconds. */
import { ROLES } from '@holdfast/shared/http'
import { postgresConfig, retentionConfig, TOKEN_HASH } from '@holdfast/shared/system'
import { MAX_NODE_NUMBER } from '@holdfast/shared/values'
import { z } from 'zod'

const id = z.string().regex(/^[a-z0-9_-]{1,64}$/, 'must be 1 to 64 of a-z, 0-9, _ and -')
const tokenHash = z.string().regex(TOKEN_HASH, 'must be sha256: and 64 hex digits; the token itself does not belong in this file')
const nodeNumber = z.number().int().min(1).max(MAX_NODE_NUMBER)

/** A gateway as enrolled: its name, its number, and the hash of its token. */
const gateway = z.strictObject({ node: id, nodeNumber, tokenHash })

/**
 * By what a gateway's authority over its facility ends beside handover: by nothing but an operator's word (so it may be cut off for
 * weeks), or by time, so that a standby takes over by itself.
 */
const holdover = z.union([
  z.strictObject({ kind: z.literal('until-released') }),
  z
    .strictObject({ kind: z.literal('timed'), durationMs: z.int().min(1_000).max(3_600_000), marginMs: z.int().min(100).max(600_000) })
    .refine(({ durationMs, marginMs }) => marginMs < durationMs, 'the margin must be shorter than the duration'),
])

/** A facility as enrolled: the gateway that runs it, and those that stand by. */
const facility = gateway.extend({
  id,
  title: z.string().max(128),
  standbys: z.array(gateway).max(8).default([]),
  /** Numbers of the nodes enrolled behind its gateways: what those wrote comes through them. */
  behind: z.array(nodeNumber).default([]),
  holdover: holdover.default({ kind: 'until-released' }),
})
export type FacilityConfig = z.infer<typeof facility>

/** The gateways of a facility, the first by enrolment first. */
export const gatewaysOf = ({ node, nodeNumber, tokenHash, standbys }: FacilityConfig): readonly z.infer<typeof gateway>[] => [
  { node, nodeNumber, tokenHash },
  ...standbys,
]

const eachOnce = (facilities: readonly FacilityConfig[]): boolean => {
  const all = facilities.flatMap(gatewaysOf)
  return new Set(all.map(({ node }) => node)).size === all.length && new Set(all.map(({ nodeNumber }) => nodeNumber)).size === all.length
}

const coordinator = z.strictObject({
  node: id,
  nodeNumber,
  /** The store: a file that this coordinator has to itself, or a PostgreSQL that several may share. */
  storePath: z.string().min(1).exactOptional(),
  postgres: postgresConfig.exactOptional(),
  definitionsFolder: z.string().min(1),
  /** Definitions that come with Holdfast, by name. */
  shipped: z.union([z.literal('all'), z.array(id)]).default([]),
  /** Domain rules, read again whenever the folder changes. */
  rulesFolder: z.string().min(1).exactOptional(),
  /** The built dashboard; without it the API is served alone. */
  dashboardFolder: z.string().exactOptional(),
  host: z.string().default('127.0.0.1'),
  port: z.number().int().min(0).max(65_535).default(7400),
  /** Names the coordinator is called by. */
  hostNames: z.array(z.string().toLowerCase()).default(['localhost', '127.0.0.1']),
  facilities: z.array(facility).refine(eachOnce, 'every gateway needs a name and a number of its own'),
  principals: z.array(z.strictObject({ name: id, role: z.enum(ROLES), facilities: z.union([z.literal('*'), z.array(id)]), tokenHash })),
  link: z
    .strictObject({ pingMs: z.number().int().positive().default(10_000), silenceMs: z.number().int().positive().default(30_000) })
    .default({ pingMs: 10_000, silenceMs: 30_000 }),
  retention: retentionConfig,
  logLevel: z.enum(['debug', 'info', 'warn', 'error', 'silent']).default('info'),
})

export const coordinatorConfig = coordinator.refine(({ storePath, postgres }) => (storePath === undefined) !== (postgres === undefined), {
  path: ['storePath'],
  message: 'needs either a storePath or postgres',
})

export type CoordinatorConfig = z.infer<typeof coordinatorConfig>
