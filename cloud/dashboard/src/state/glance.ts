/** The first thing read at three in the morning: what is cut off, and how much is held up. One or two sentences. */
import type { FacilityView } from '../api/types.ts'
import { count } from '../words/status.ts'

export interface Glance {
  readonly link: string
  readonly work: string
  readonly isCalm: boolean
}

export const glance = (facilities: readonly FacilityView[], held: number): Glance => {
  const cut = facilities.filter(({ connected }) => !connected)
  return { link: linkSentence(facilities.length, cut), work: workSentence(held), isCalm: cut.length === 0 && held === 0 }
}

const linkSentence = (all: number, cut: readonly FacilityView[]): string => {
  if (all === 0) return 'No facility has enrolled yet.'
  const [first, second] = cut
  if (first === undefined) return allConnected(all)
  if (second === undefined) return `${first.title} is cut off.`
  return cut.length === 2 ? `${first.title} and ${second.title} are cut off.` : `${cut.length} of ${all} facilities are cut off.`
}

const allConnected = (all: number): string => {
  if (all === 1) return 'The facility is connected.'
  return all === 2 ? 'Both facilities are connected.' : `All ${all} facilities are connected.`
}

const workSentence = (held: number): string => {
  if (held === 0) return 'Nothing is held up.'
  return `${count(held, 'workflow')} ${held === 1 ? 'is' : 'are'} held up.`
}
