/**
 * What a node can start and how more of it comes to be: published definitions, templates, and publishing. The routes' view of the
 * catalogue; like `NodeApi`, it knows nothing of HTTP.
 */
import { jsonOf } from '../definition/build.ts'
import { type Compilation, compileAuthored } from '../definition/compile.ts'
import type { CompiledDefinition } from '../definition/compiled.ts'
import type { DefinitionProblem } from '../definition/definition.ts'
import { parseDefinition } from '../definition/parse.ts'
import { isFoundBy, type Search } from '../definition/search.ts'
import { type Instance, instantiate } from '../definition/template/instantiate.ts'
import type { TemplateShelf } from '../definition/template/shelf.ts'
import type { Template } from '../definition/template/template.ts'
import type { TextFormat } from '../definition/text.ts'
import type { Catalogue } from '../engine/catalogue.ts'
import type { Publisher } from '../engine/publishing.ts'
import type { JsonObject } from '../values/json.ts'
import { type Refusal, refusal } from '../values/refusal.ts'
import { err, ok, type Result } from '../values/result.ts'
import type { PublishedView } from './library-views.ts'

/** Why nothing was published; of a definition that is not right, everything that isn't. */
export interface Unpublished {
  readonly refusal: Refusal
  readonly problems: readonly DefinitionProblem[]
}

export interface PublishOutcome {
  readonly view: PublishedView
  readonly outcome: 'published' | 'replayed' | 'preview'
}

export type Draft = { readonly definition: JsonObject } | { readonly text: string; readonly format: TextFormat }

export interface Library {
  /** The latest version of each name, or all of them. */
  definitions(search: Search, allVersions: boolean): readonly CompiledDefinition[]
  definition(name: string, version?: number): CompiledDefinition | undefined
  /** @param preview checked and shown, not published */
  publish(draft: Draft, preview: boolean): Promise<Result<PublishOutcome, Unpublished>>
  templates(search: Search): readonly Template[]
  template(name: string, version?: number): Template | undefined
  instantiate(template: Template, instance: Instance, preview: boolean): Promise<Result<PublishOutcome, Unpublished>>
}

export interface LibraryParts {
  readonly catalogue: Catalogue
  readonly templates: TemplateShelf
  readonly publisher: Pick<Publisher, 'publish'>
}

export const libraryOf = ({ catalogue, templates, publisher }: LibraryParts): Library => {
  const settle = async (compiled: Compilation, preview: boolean): Promise<Result<PublishOutcome, Unpublished>> => {
    if (!compiled.ok) return err({ refusal: NOT_RIGHT, problems: compiled.error })
    const { hash, definition, warnings } = compiled.value
    const view = { name: definition.name, version: definition.version, hash, definition: jsonOf(definition), warnings }
    if (preview) return ok({ view, outcome: 'preview' })
    const published = await publisher.publish(compiled.value)
    if (!published.ok) return err({ refusal: published.error, problems: [] })
    return ok({ view, outcome: published.value.replayed ? 'replayed' : 'published' })
  }
  return {
    definitions: (search, allVersions) =>
      (allVersions ? catalogue.all() : latestOf(catalogue)).filter(({ definition }) => isFoundBy(search)(definition)),
    definition: (name, version) => catalogue.byName(name, version),
    publish: (draft, preview) => settle('text' in draft ? parseDefinition(draft.text, draft) : compileAuthored(draft.definition), preview),
    templates: (search) => templates.search(search),
    template: (name, version) => templates.find(name, version),
    instantiate: (template, instance, preview) => settle(instantiate(template, instance), preview),
  }
}

const NOT_RIGHT = refusal('fix-request', 'invalid-definition', 'every problem is listed under errors')

const latestOf = (catalogue: Catalogue): readonly CompiledDefinition[] => {
  const names = new Set(catalogue.all().map(({ definition }) => definition.name))
  return [...names].sort().flatMap((name) => catalogue.byName(name) ?? [])
}
