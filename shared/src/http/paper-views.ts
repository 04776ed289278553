/** Plans and catalogues as the API shows them. */
import { z } from '@hono/zod-openapi'
import { catalogue, plan } from '../document/paper/kinds.ts'
import type { PaperRow } from '../engine/paper-rows.ts'
import type { PaperDetail } from './papers.ts'
import { jsonValue } from './views.ts'

const claimView = z.object({
  value: jsonValue,
  by: z.string(),
  at: z.number(),
  message: z.string(),
  isFacilitys: z.boolean().openapi({ description: 'written at the facility itself' }),
})

export const paperConflictView = z
  .object({
    path: z.string(),
    rule: z.enum(['facility-first', 'last-edit', 'crossed-window']),
    claims: z.array(claimView).readonly(),
    stands: jsonValue.optional(),
    explanation: z.string(),
  })
  .openapi('PaperConflict')

const version = z.string().openapi({ description: 'names what was seen; any version stays readable' })

export const planRow = z
  .object({
    id: z.string(),
    facility: z.string(),
    title: z.string(),
    state: z.string(),
    version,
    changedAt: z.number(),
    changedBy: z.string(),
    changes: z.number().int(),
    conflicts: z.number().int(),
  })
  .openapi('PlanRow')

const shown = { id: z.string(), facility: z.string(), version, conflicts: z.array(paperConflictView).readonly() }

export const planView = z.object({ ...shown, plan }).openapi('PlanView')
export const catalogueView = z.object({ ...shown, catalogue }).openapi('CatalogueView')

export const changeView = z
  .object({
    version,
    by: z.string(),
    at: z.number(),
    message: z.string(),
    isFacilitys: z.boolean(),
    after: z.array(z.string()).readonly().openapi({ description: 'what its author had seen; two changes after the same are concurrent' }),
  })
  .openapi('PaperChange')

export const differenceView = z
  .object({ path: z.string(), before: jsonValue.optional(), after: jsonValue.optional() })
  .openapi('PaperDifference')

export const rowOfPlan = ({ kind: _, ...row }: PaperRow): z.infer<typeof planRow> => row

export const viewOfPlan = ({ name, version: shownVersion, content, conflicts }: PaperDetail): z.infer<typeof planView> => ({
  id: name.id,
  facility: name.home,
  version: shownVersion,
  conflicts,
  plan: plan.parse(content),
})

export const viewOfCatalogue = ({ name, version: shownVersion, content, conflicts }: PaperDetail): z.infer<typeof catalogueView> => ({
  id: name.id,
  facility: name.home,
  version: shownVersion,
  conflicts,
  catalogue: catalogue.parse(content),
})
