/**
 * Who calls, and what they may. A role includes the ones before it:
 *
 *   viewer    looks                         operator  signals, pauses, resumes, answers what workflows ask
 *   approver  approves what asks for one    planner   starts, changes, cancels, leads back, recovers
 *   admin     everything
 *
 * What lies outside a principal's facilities does not exist for them: the answer is 404, never 403, so that nothing is told by it.
 */
export const ROLES = ['viewer', 'operator', 'approver', 'planner', 'admin'] as const
export type Role = (typeof ROLES)[number]

export interface Principal {
  readonly name: string
  readonly role: Role
  readonly facilities: '*' | readonly string[]
}

export type Authenticate = (token: string) => Principal | undefined

export const roleSuffices = (role: Role, needed: Role): boolean => ROLES.indexOf(role) >= ROLES.indexOf(needed)

/** The role, and those it includes. */
export const rolesOf = (role: Role): readonly Role[] => ROLES.slice(0, ROLES.indexOf(role) + 1)

export const seesFacility = (principal: Pick<Principal, 'facilities'>, facility: string): boolean =>
  principal.facilities === '*' || principal.facilities.includes(facility)
