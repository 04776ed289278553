import type { FacilityView } from '../api/types.ts'
import { FacilityCard } from './facility-card.tsx'

/** Those that are cut off come first, the longest silent ahead. */
const byNeed = (one: FacilityView, other: FacilityView): number =>
  Number(one.connected) - Number(other.connected) ||
  (one.connected ? 0 : (one.lastHeardAt ?? 0) - (other.lastHeardAt ?? 0)) ||
  one.title.localeCompare(other.title)

interface FacilitiesProps {
  readonly facilities: readonly FacilityView[]
  readonly chosen: string | undefined
  readonly now: number
}

export const Facilities = ({ facilities, chosen, now }: FacilitiesProps) => (
  <section aria-labelledby="facilities-title">
    <h2 id="facilities-title">Facilities</h2>
    {facilities.length === 0 ? (
      <p className="empty">A facility appears here once its gateway has enrolled.</p>
    ) : (
      <ul className="facilities">
        {[...facilities].sort(byNeed).map((facility) => (
          <li key={facility.id}>
            <FacilityCard facility={facility} isChosen={facility.id === chosen} now={now} />
          </li>
        ))}
      </ul>
    )}
  </section>
)
