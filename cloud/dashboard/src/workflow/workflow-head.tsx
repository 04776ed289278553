import type { FacilityView, WorkflowDetail } from '../api/types.ts'
import { Pill } from '../frame/pill.tsx'
import { Sign } from '../frame/sign.tsx'
import { noFilter } from '../state/listing.ts'
import { overviewAddress } from '../state/route.ts'
import { isOpen, PRIORITY_WORDS, workflowPhrase } from '../words/status.ts'
import { ago, clock, span } from '../words/time.ts'

interface WorkflowHeadProps {
  readonly detail: WorkflowDetail
  readonly facility: FacilityView | undefined
  readonly now: number
  readonly onCancel: () => void
}

/** What it is, where it stands, and why: read before anything else. */
export const WorkflowHead = ({ detail, facility, now, onCancel }: WorkflowHeadProps) => {
  const phrase = workflowPhrase(detail)
  return (
    <header className="workflow-head">
      <div className="workflow-title">
        <h1>{detail.title}</h1>
        <Pill phrase={phrase} testId="workflow-status" />
        {isOpen(detail.status) && (
          <button type="button" className="danger-quiet" onClick={onCancel}>
            Cancel…
          </button>
        )}
      </div>
      <p className={`explain tone-${phrase.tone}`} data-testid="workflow-explain">
        {detail.explain}
      </p>
      {detail.error !== undefined && detail.status !== 'cancelled' && (
        <p className="tone-failed tinted">
          {detail.error.message} <code>{detail.error.code}</code>
        </p>
      )}
      <Freshness detail={detail} facility={facility} now={now} />
      <progress max={100} value={detail.progress.percent} aria-label="Progress" />
      <Facts detail={detail} facility={facility} now={now} />
    </header>
  )
}

type Seen = Omit<WorkflowHeadProps, 'onCancel'>

const Freshness = ({ detail, facility, now }: Seen) => {
  const title = facility?.title ?? detail.facility
  if (facility?.connected === false)
    return (
      <p className="notice tone-held">
        <Sign shape="cut" />
        {title} is cut off and carries on by itself. This is how the workflow stood at {clock(detail.asOf, now)}.
      </p>
    )
  return detail.behind ? (
    <p className="notice tone-held">
      <Sign shape="hourglass" />
      {title} knows more than has arrived here. This is how the workflow stood at {clock(detail.asOf, now)}.
    </p>
  ) : null
}

const Facts = ({ detail, facility, now }: Seen) => (
  <dl className="facts-grid">
    <Fact name="Facility">
      <a href={overviewAddress({ ...noFilter, facility: detail.facility })}>{facility?.title ?? detail.facility}</a>
    </Fact>
    <Fact name="Priority">{PRIORITY_WORDS[detail.priority]}</Fact>
    <Fact name="Definition">
      {detail.definition.name} v{detail.definition.version} <code title={detail.definition.hash}>{detail.definition.hash.slice(0, 8)}</code>
    </Fact>
    {detail.stage !== undefined && <Fact name="Stage">{detail.stage.title}</Fact>}
    <Fact name="Key">
      <code>{detail.key}</code>
    </Fact>
    <Fact name="Started">{clock(detail.createdAt, now)}</Fact>
    {detail.endedAt === undefined ? (
      <Fact name="Last change">{ago(detail.updatedAt, now)}</Fact>
    ) : (
      <Fact name="Took">{span(detail.endedAt - detail.createdAt)}</Fact>
    )}
  </dl>
)

const Fact = ({ name, children }: { readonly name: string; readonly children: React.ReactNode }) => (
  <div>
    <dt>{name}</dt>
    <dd>{children}</dd>
  </div>
)
