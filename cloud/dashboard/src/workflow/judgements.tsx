/** What collided and what was decided about it: conflicts, verdicts, and wills that still wait for one. */
import type { ConflictView, ProposalView, VerdictView, WorkflowDetail } from '../api/types.ts'
import { Sign } from '../frame/sign.tsx'
import { clock } from '../words/time.ts'

interface Timed {
  readonly now: number
}

type JudgementsProps = Pick<WorkflowDetail, 'proposals' | 'verdicts' | 'conflictList'> & Timed

export const Judgements = ({ proposals, verdicts, conflictList, now }: JudgementsProps) =>
  proposals.length + verdicts.length + conflictList.length === 0 ? null : (
    <section aria-labelledby="judgements-title">
      <h2 id="judgements-title">Conflicts and verdicts</h2>
      <ul className="judgements">
        {proposals.map((proposal) => (
          <Proposal key={`${proposal.journal}/${proposal.n}`} proposal={proposal} now={now} />
        ))}
        {conflictList.map((conflict) => (
          <Conflict key={`${conflict.rule}@${conflict.at}/${conflict.parties.join()}`} conflict={conflict} now={now} />
        ))}
        {verdicts.toReversed().map((verdict) => (
          <Verdict key={`${verdict.journal}/${verdict.n}`} verdict={verdict} now={now} />
        ))}
      </ul>
    </section>
  )

const Proposal = ({ proposal: { text, by, at, reason }, now }: { readonly proposal: ProposalView } & Timed) => (
  <li className="judgement tone-proposed">
    <h3>
      <Sign shape="dashed" />
      Waiting for a verdict
    </h3>
    <p>{text}</p>
    {reason !== '' && <blockquote>{reason}</blockquote>}
    <p className="hint">
      {by}, {clock(at, now)}
    </p>
  </li>
)

const Verdict = ({ verdict: { accepted, explanation, code, at }, now }: { readonly verdict: VerdictView } & Timed) => (
  <li className={`judgement tone-${accepted ? 'done' : 'failed'}`}>
    <h3>
      <Sign shape={accepted ? 'check' : 'cross'} />
      {accepted ? 'Accepted' : 'Refused'}
    </h3>
    <p>{explanation}</p>
    <p className="hint">
      {clock(at, now)} · <code>{code}</code>
    </p>
  </li>
)

const Conflict = ({ conflict, now }: { readonly conflict: ConflictView } & Timed) => (
  <li className="judgement tone-held">
    <h3>
      <Sign shape="conflict" />
      {conflict.kind.slice(0, 1).toUpperCase() + conflict.kind.slice(1)} conflict
    </h3>
    <p>{conflict.explanation}</p>
    <dl className="facts-list">
      <dt>Between</dt>
      <dd>{conflict.parties.join(' and ')}</dd>
      <dt>Chosen</dt>
      <dd>
        <Chosen conflict={conflict} now={now} />
      </dd>
      <Outcomes conflict={conflict} />
    </dl>
    <p className="hint">
      {clock(conflict.at, now)} · rule <code>{conflict.rule}</code>
      {conflict.version === undefined ? '' : ` version ${conflict.version}`}
    </p>
  </li>
)

const Chosen = ({ conflict: { choice, queue, settled }, now }: { readonly conflict: ConflictView } & Timed) => {
  if (settled === undefined) return <strong>{choice === 'ask' && queue !== undefined ? `nothing yet: ${queue} is asked` : choice}</strong>
  return (
    <>
      <strong>{settled.option}</strong> by {settled.by}, {clock(settled.at, now)}
      {settled.comment === '' ? '' : `: ${settled.comment}`}
    </>
  )
}

const Outcomes = ({ conflict: { options, outcomes } }: { readonly conflict: ConflictView }) => {
  if (options.length < 2) return null
  return (
    <>
      <dt>Out of</dt>
      {outcomes === undefined ? (
        <dd>{options.join(', ')}</dd>
      ) : (
        outcomes.map(({ option, consequence }) => (
          <dd key={option}>
            {option}: {consequence}
          </dd>
        ))
      )}
    </>
  )
}
