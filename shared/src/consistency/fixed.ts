/** Authority that never moves: a node by itself, or one that only keeps copies. */
import { refusal } from '../values/refusal.ts'
import type { Authorities, Standing } from './authorities.ts'

const MAY_DECIDE: Standing = { mayDecide: true }

export const fixedAuthority = (homes: Iterable<string>, epoch = 1): Authorities => {
  const own: ReadonlySet<string> = new Set(homes)
  return {
    homes: own,
    isAuthority: (home) => own.has(home),
    epochOf: (home) => (own.has(home) ? epoch : 0),
    standing: (home) => (own.has(home) ? MAY_DECIDE : notAuthority(home)),
  }
}

export const NO_AUTHORITY: Authorities = fixedAuthority([])

export const notAuthority = (home: string): Standing => ({
  mayDecide: false,
  refusal: refusal('give-up', 'not-the-authority', `This node is not the authority of ${home}.`),
})
