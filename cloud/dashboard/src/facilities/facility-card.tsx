import type { FacilityView } from '../api/types.ts'
import { Sign } from '../frame/sign.tsx'
import { noFilter } from '../state/listing.ts'
import { overviewAddress } from '../state/route.ts'
import { count } from '../words/status.ts'
import { clock, lag, span } from '../words/time.ts'

interface FacilityCardProps {
  readonly facility: FacilityView
  readonly isChosen: boolean
  readonly now: number
}

/** A link that narrows the list to this facility, and back. */
export const FacilityCard = ({ facility, isChosen, now }: FacilityCardProps) => (
  <a
    className={`card facility ${facility.connected ? '' : 'is-cut'}`}
    href={overviewAddress(isChosen ? noFilter : { ...noFilter, facility: facility.id })}
    aria-current={isChosen ? 'true' : undefined}
    data-testid={`facility-${facility.id}`}
  >
    <span className="facility-head">
      <strong className="facility-title">{facility.title}</strong>
      <span className={`pill tone-${facility.connected ? 'done' : 'failed'}`}>
        <Sign shape={facility.connected ? 'linked' : 'cut'} />
        {facility.connected ? 'Connected' : 'Cut off'}
      </span>
    </span>
    <span className="facility-link">{facility.connected ? connectedWords(facility) : cutWords(facility, now)}</span>
    <Counts workflows={facility.workflows} />
  </a>
)

const connectedWords = ({ lagMs = 0, pendingUpdates = 0 }: FacilityView): string => {
  if (lagMs === 0 && pendingUpdates === 0) return 'Up to date'
  const words = [
    ...(lagMs === 0 ? [] : [`Lags by ${lag(lagMs)}`]),
    ...(pendingUpdates === 0 ? [] : [`${count(pendingUpdates, 'update')} to send`]),
  ]
  return words.join(' · ')
}

const cutWords = ({ lastHeardAt, pendingUpdates }: FacilityView, now: number): string =>
  [
    lastHeardAt === undefined ? 'Never heard' : `Since ${clock(lastHeardAt, now)} (${span(now - lastHeardAt)})`,
    pendingUpdates === undefined || pendingUpdates === 0 ? undefined : `${count(pendingUpdates, 'update')} to send`,
  ]
    .filter((words) => words !== undefined)
    .join(' · ')

const Counts = ({ workflows }: Pick<FacilityView, 'workflows'>) => (
  <span className="counts">
    <Figure value={workflows.open} name="open" />
    <Figure value={workflows.completed} name="completed" />
    <Figure value={workflows.failed} name="failed" />
    <Figure value={workflows.cancelled} name="cancelled" />
  </span>
)

const Figure = ({ value, name }: { readonly value: number; readonly name: string }) => (
  <span className={`figure figure-${value === 0 ? 'none' : name}`}>
    <span className="figure-value">{value.toLocaleString()}</span> <span className="figure-name">{name}</span>
  </span>
)
