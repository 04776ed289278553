import { z } from 'zod'

const ARCHIVE_AFTER_MS = 3_600_000
const SWEEP_MS = 60_000

/** When ended workflows are put away, as every node's configuration says it. */
export const retentionConfig = z
  .strictObject({
    archiveAfterMs: z.number().int().nonnegative().default(ARCHIVE_AFTER_MS),
    /** Without it nothing is ever deleted. */
    eraseAfterMs: z.number().int().nonnegative().exactOptional(),
    sweepMs: z.number().int().positive().default(SWEEP_MS),
  })
  .default({ archiveAfterMs: ARCHIVE_AFTER_MS, sweepMs: SWEEP_MS })
