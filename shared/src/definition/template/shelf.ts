/** The templates of a node. A version, once on the shelf, stays as it is. */
import { canonicalJson } from '../../values/json.ts'
import { jsonOf } from '../build.ts'
import { isFoundBy, type Search } from '../search.ts'
import type { Template } from './template.ts'

export class TemplateShelf {
  readonly #templates: Template[] = []

  /** @returns why it was left out */
  add(template: Template): string | undefined {
    const known = this.find(template.name, template.version)
    if (known === undefined) this.#templates.push(template)
    if (known === undefined || canonicalJson(jsonOf(known)) === canonicalJson(jsonOf(template))) return undefined
    return `template ${template.name} version ${template.version} is there already, with another content`
  }

  /** That version, or the highest. */
  find(name: string, version?: number): Template | undefined {
    const versions = this.#templates.filter((each) => each.name === name && (version === undefined || each.version === version))
    return versions.reduce<Template | undefined>(
      (best, each) => (best === undefined || each.version > best.version ? each : best),
      undefined,
    )
  }

  /** The highest version of each, by name. */
  search(search: Search): readonly Template[] {
    const names = [...new Set(this.#templates.map(({ name }) => name))].sort()
    return names.flatMap((name) => this.find(name) ?? []).filter(isFoundBy(search))
  }
}
