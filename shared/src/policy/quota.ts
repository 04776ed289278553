/** How much of a resource one workflow, facility or tenant may hold at once (LIM-4), however much of it is free. */
export interface Quota {
  readonly resource: string
  readonly per: 'workflow' | 'facility' | 'tenant'
  readonly amount: number
}

export interface QuotaOwner {
  readonly workflow: string
  readonly facility: string
  /** Nobody's tenant is bound by no tenant's quota. */
  readonly tenant?: string
}

export interface Share {
  /** Whose share it is: `workflow w_1`. */
  readonly of: string
  readonly amount: number
}

/** The shares out of which an owner's holdings of this resource come. */
export const sharesOf = (quotas: readonly Quota[], owner: QuotaOwner, resource: string): readonly Share[] =>
  quotas.flatMap((quota) => {
    const who = owner[quota.per]
    return quota.resource === resource && who !== undefined ? [{ of: `${quota.per} ${who}`, amount: quota.amount }] : []
  })
