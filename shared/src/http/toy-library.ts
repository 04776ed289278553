/** For tests: the real library over a store-less publisher, with one definition and one template in it. */
import { parseAuthored } from '../definition/template/parse.ts'
import { TemplateShelf } from '../definition/template/shelf.ts'
import { Catalogue } from '../engine/catalogue.ts'
import { refusal } from '../values/refusal.ts'
import { err, ok } from '../values/result.ts'
import { type Library, libraryOf } from './library.ts'

const PICKING = 'name: picking\ntags: [orders]\nsteps: { pick: { type: task, capability: pick } }\n'

const CELL = `
template: cell
title: Picking cell
tags: [orders, cells]
parameters:
  patience: { type: duration, maximum: 1h, default: 5m }
definition:
  name: cell
  steps: { pick: { type: task, capability: pick, timeoutMs: "\${patience}" } }
`

export const toyLibrary = (): Library => {
  const catalogue = new Catalogue()
  const templates = new TemplateShelf()
  for (const text of [PICKING, CELL]) {
    const parsed = parseAuthored(text)
    if (!parsed.ok) throw new Error(JSON.stringify(parsed.error))
    if (parsed.value.kind === 'definition') catalogue.add(parsed.value.definition)
    else templates.add(parsed.value.template)
  }
  const publisher: Parameters<typeof libraryOf>[0]['publisher'] = {
    publish: async (compiled) => {
      if (catalogue.byHash(compiled.hash) !== undefined) return ok({ replayed: true })
      const { name, version } = compiled.definition
      if (catalogue.byName(name, version) !== undefined) return err(refusal('fix-request', 'version-exists', 'it is published'))
      catalogue.add(compiled)
      return ok({ replayed: false })
    },
  }
  return libraryOf({ catalogue, templates, publisher })
}
