/**
 * Who calls, and what they may. A role includes the ones before it:
 *
 *   viewer    looks          operator  signals, pauses, resumes
 *   planner   starts, changes, cancels      admin  everything
 *
 * What lies outside a principal's facilities does not exist for them: the answer is 404, never 403, so that nothing is told by it.
 */
export const ROLES = ['viewer', 'operator', 'planner', 'admin'] as const
export type Role = (typeof ROLES)[number]

export interface Principal {
  readonly name: string
  readonly role: Role
  readonly facilities: '*' | readonly string[]
}

export type Authenticate = (token: string) => Principal | undefined

export const roleSuffices = (role: Role, needed: Role): boolean => ROLES.indexOf(role) >= ROLES.indexOf(needed)

export const seesFacility = (principal: Pick<Principal, 'facilities'>, facility: string): boolean =>
  principal.facilities === '*' || principal.facilities.includes(facility)
