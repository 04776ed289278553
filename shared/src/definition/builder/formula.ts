/** CEL beyond a path. Its syntax, names and steps are checked when the definition is built; what it yields is its author's word. */
export class Formula<Value> {
  readonly source: string
  /** Never set: it carries the type. */
  declare readonly witness?: () => Value

  constructor(source: string) {
    this.source = source
  }
}

export const cel = <Value = never>(source: string): Formula<Value> => new Formula(source)
