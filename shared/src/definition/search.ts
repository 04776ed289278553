/** Finding definitions and templates by what is said of them. */

export interface Findable {
  readonly name: string
  readonly title: string
  readonly description?: string
  readonly tags?: readonly string[]
}

export interface Search {
  /** Every word must occur in the name, title, description or tags, whatever the case. */
  readonly text?: string
  /** It must bear all of them. */
  readonly tags?: readonly string[]
}

export const isFoundBy =
  ({ text = '', tags = [] }: Search) =>
  ({ name, title, description = '', tags: borne = [] }: Findable): boolean => {
    const said = [name, title, description, ...borne].join('\n').toLowerCase()
    const words = text.toLowerCase().split(/\s+/)
    return tags.every((tag) => borne.includes(tag)) && words.every((word) => said.includes(word))
  }
