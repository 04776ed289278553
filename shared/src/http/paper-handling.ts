/**
 * What plans and catalogues have in common: shown at any version, edited, with their history and what differs between two versions.
 *
 * An edit names the version its author had seen (`base`), and what others wrote since then is merged with it; who wants no merging sends
 * If-Match instead.
 */
import { createRoute, z } from '@hono/zod-openapi'
import type { Context } from 'hono'
import type { PaperName } from '../document/paper/index.ts'
import { isJsonObject, type JsonObject } from '../values/json.ts'
import type { ApiEnv } from './environment.ts'
import { changeView, differenceView } from './paper-views.ts'
import type { PaperDetail, PapersApi } from './papers.ts'
import { refused } from './problem.ts'
import { answers, bodyOf, guarded, guardedWithBody, line, problems } from './route-parts.ts'
import { notFound } from './workflow-queries.ts'

const versionText = z.string().max(2_000)
export const message = line(500).openapi({ description: 'why; kept with the change' })
const ofVersion = z.strictObject({ version: versionText.optional().openapi({ description: 'without it, the present one' }) })
const fromTo = z.strictObject({ from: versionText, to: versionText.optional().openapi({ description: 'without it, the present one' }) })
const patchBody = z
  .strictObject({
    patch: z
      .custom<JsonObject>(isJsonObject, 'must be an object')
      .openapi({ type: 'object', description: 'a JSON Merge Patch (RFC 7396)' }),
    message,
    base: versionText.optional().openapi({ description: 'the version its author had seen' }),
  })
  .openapi('EditPaper')
const ifMatch = z.object({ 'if-match': z.string().optional() })
const changes = z.object({ items: z.array(changeView).readonly() })
const differences = z.object({ items: z.array(differenceView).readonly() })
export const EDIT_PROBLEMS = [400, 404, 409, 412, 413, 415, 422, 503, 507] as const

export const paperRoutes = <Path extends string, Params extends z.ZodObject, View extends z.ZodType>(
  path: Path,
  params: Params,
  view: View,
) => ({
  one: createRoute({
    method: 'get',
    path,
    summary: 'Shows it, at any version',
    ...guarded('viewer'),
    request: { params, query: ofVersion },
    responses: { 200: answers(view, 'With its conflicts, settled where a rule settles them'), ...problems(404, 422) },
  }),
  edit: createRoute({
    method: 'patch',
    path,
    summary: 'Edits it',
    ...guardedWithBody('planner'),
    request: { params, headers: ifMatch, body: bodyOf(patchBody) },
    responses: { 200: answers(view, 'As it is now'), ...problems(...EDIT_PROBLEMS) },
  }),
  history: createRoute({
    method: 'get',
    path: `${path}/history` as const,
    summary: 'Tells who changed what, when and why',
    ...guarded('viewer'),
    request: { params },
    responses: { 200: answers(changes, 'Oldest first'), ...problems(404) },
  }),
  diff: createRoute({
    method: 'get',
    path: `${path}/diff` as const,
    summary: 'Tells what differs between two versions',
    ...guarded('viewer'),
    request: { params, query: fromTo },
    responses: { 200: answers(differences, 'By path'), ...problems(404, 422) },
  }),
})

type View = (detail: PaperDetail) => object

export const etag = ({ version }: PaperDetail): string => `"${version}"`

export const show = async (
  context: Context<ApiEnv>,
  papers: PapersApi,
  name: PaperName | undefined,
  at: string | undefined,
  view: View,
) => {
  const found = name && (await papers.get(name, at))
  if (found === undefined) return notFound(context)
  return found.ok ? context.json(view(found.value), 200, { ETag: etag(found.value) }) : refused(context, found.error)
}

export const edit = async (
  context: Context<ApiEnv>,
  papers: PapersApi,
  name: PaperName | undefined,
  { patch, message: why, base }: z.infer<typeof patchBody>,
  seen: string | undefined,
  view: View,
) => {
  if (name === undefined) return notFound(context)
  const change = { patch, message: why, by: context.var.principal.name, ...(base === undefined ? {} : { base }) }
  const edited = await papers.edit({
    paper: name,
    edit: change,
    isNew: false,
    ...(seen === undefined ? {} : { seen: seen.replace(/^"(.*)"$/, '$1') }),
  })
  return edited.ok ? show(context, papers, name, undefined, view) : refused(context, edited.error)
}

export const history = async (context: Context<ApiEnv>, papers: PapersApi, name: PaperName | undefined) => {
  const found = name && (await papers.history(name))
  return found === undefined
    ? notFound(context)
    : context.json({ items: found.map(({ hash, ...rest }) => ({ version: hash, ...rest })) }, 200)
}

export const diff = async (
  context: Context<ApiEnv>,
  papers: PapersApi,
  name: PaperName | undefined,
  { from, to }: z.infer<typeof fromTo>,
) => {
  const present = name && (await papers.get(name))
  if (name === undefined || present === undefined || !present.ok) return notFound(context)
  const found = await papers.differences(name, from, to ?? present.value.version)
  if (found === undefined) return notFound(context)
  return found.ok ? context.json({ items: found.value }, 200) : refused(context, found.error)
}
