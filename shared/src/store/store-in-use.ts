/** Another process or tab, or another handle in this one, has the store open: a store has one writer (S6). */
export class StoreInUse extends Error {
  readonly code = 'store-in-use'
  constructor(place: string) {
    super(`store-in-use: ${place} is open for writing elsewhere`)
    this.name = 'StoreInUse'
  }
}
