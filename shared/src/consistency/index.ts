export type { Authorities, Standing } from './authorities.ts'
export { fixedAuthority, NO_AUTHORITY } from './fixed.ts'
