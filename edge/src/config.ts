/** A gateway's configuration file, validated whole before anything starts (B38). Durations are milliseconds. */
import { ROLES } from '@holdfast/shared/http'
import { retentionConfig, TOKEN_HASH } from '@holdfast/shared/system'
import { MAX_NODE_NUMBER } from '@holdfast/shared/values'
import { z } from 'zod'
import { limitsConfig } from './limits-config.ts'

const id = z.string().regex(/^[a-z0-9_-]{1,64}$/, 'must be 1 to 64 of a-z, 0-9, _ and -')
const tokenHash = z.string().regex(TOKEN_HASH, 'must be sha256: and 64 hex digits; the token itself does not belong in this file')
const port = z.number().int().min(0).max(65_535)

const shape = z.strictObject({
  node: id,
  /** Given at enrolment; no two nodes of a system may share one. */
  nodeNumber: z.number().int().min(1).max(MAX_NODE_NUMBER),
  facility: id,
  title: z.string().max(128),
  storePath: z.string().min(1),
  definitionsFolder: z.string().min(1),
  /** Definitions that come with Holdfast, by name. */
  shipped: z.union([z.literal('all'), z.array(id)]).default([]),
  /** Domain rules, read again whenever the folder changes. */
  rulesFolder: z.string().min(1).exactOptional(),
  host: z.string().default('127.0.0.1'),
  port: port.default(7410),
  /** Names the gateway is called by, beside `host`. */
  hostNames: z.array(z.string().toLowerCase()).default(['localhost', '127.0.0.1']),
  /** Another gateway of the facility runs it: this one replicates it through the hub, and takes over when that is lost or handed over. */
  standby: z.boolean().default(false),
  /** Without it the gateway runs by itself. */
  hub: z
    .strictObject({
      node: id,
      url: z.string().regex(/^wss?:\/\//, 'must begin with ws:// or wss://'),
      /** A file of mode 0600 that holds nothing but the token. */
      tokenFile: z.string().min(1),
      pingMs: z.number().int().positive().default(10_000),
      silenceMs: z.number().int().positive().default(30_000),
      maxRetryMs: z.number().int().positive().default(30_000),
      /** How often what both hold is compared, beside when there is a reason to. */
      compareEveryMs: z
        .number()
        .int()
        .positive()
        .default(6 * 3_600_000),
    })
    .exactOptional(),
  /** Nodes enrolled behind this gateway, which link to it. Its own hub must know their numbers too. */
  tablets: z
    .array(
      z.strictObject({
        node: id,
        nodeNumber: z.number().int().min(1).max(MAX_NODE_NUMBER),
        tokenHash,
        /** What of the facility's workflows it may hold: without it, all. */
        mayFollow: z.strictObject({ documents: z.boolean(), queues: z.array(z.string().min(1).max(64)) }).exactOptional(),
      }),
    )
    .default([]),
  tabletTiming: z
    .strictObject({ pingMs: z.number().int().positive().default(10_000), silenceMs: z.number().int().positive().default(30_000) })
    .default({ pingMs: 10_000, silenceMs: 30_000 }),
  principals: z.array(z.strictObject({ name: id, role: z.enum(ROLES), tokenHash })).default([]),
  agents: z.array(z.strictObject({ agent: id, tokenHash })).default([]),
  /** Of steps of type http. */
  http: z
    .strictObject({
      /** Hosts, with or without port, that workflows may call although their address is not public. */
      allowHosts: z.array(z.string().toLowerCase().min(1).max(256)).default([]),
    })
    .default({ allowHosts: [] }),
  /** Without it nothing waits but for agents. */
  limits: limitsConfig.prefault({}),
  retention: retentionConfig,
  heartbeatMs: z.number().int().positive().default(5_000),
  logLevel: z.enum(['debug', 'info', 'warn', 'error', 'silent']).default('info'),
})

export const gatewayConfig = shape.refine(({ standby, hub }) => !standby || hub !== undefined, {
  path: ['hub'],
  message: 'a standby needs a hub to replicate its facility through',
})
export type GatewayConfig = z.infer<typeof gatewayConfig>
