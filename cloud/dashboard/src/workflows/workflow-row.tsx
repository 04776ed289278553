import { memo } from 'react'
import type { WorkflowSummary } from '../api/types.ts'
import { Pill } from '../frame/pill.tsx'
import { workflowAddress } from '../state/route.ts'
import { count, PRIORITY_WORDS, workflowPhrase } from '../words/status.ts'
import { ago, clock } from '../words/time.ts'

interface WorkflowRowProps {
  readonly workflow: WorkflowSummary
  readonly facility: string
  readonly isFresh: boolean
  readonly now: number
}

export const WorkflowRow = memo(({ workflow, facility, isFresh, now }: WorkflowRowProps) => (
  <a
    className={`row tone-${workflowPhrase(workflow).tone} ${isFresh ? 'is-fresh' : ''}`}
    href={workflowAddress(workflow.id)}
    data-testid={`workflow-row-${workflow.id}`}
  >
    <span className="row-status">
      <Pill phrase={workflowPhrase(workflow)} />
    </span>
    <span className="row-name">
      <strong>{workflow.title}</strong>
      <span className="row-key">{workflow.key}</span>
    </span>
    <span className="row-explain">
      {workflow.explain}
      <Notes workflow={workflow} now={now} />
    </span>
    <Progress workflow={workflow} />
    <span className="row-facility">{facility}</span>
    <span className={`row-priority priority-${workflow.priority}`}>
      {PRIORITY_WORDS[workflow.priority]}
      <span className="visually-hidden"> priority</span>
    </span>
    <time className="row-time" dateTime={new Date(workflow.updatedAt).toISOString()} title={new Date(workflow.updatedAt).toLocaleString()}>
      {ago(workflow.updatedAt, now)}
    </time>
  </a>
))

/** What the sentence doesn't say: wills that wait for their verdict, collisions, and how old our knowledge is. */
const Notes = ({ workflow: { proposals, conflicts, behind, asOf }, now }: Pick<WorkflowRowProps, 'workflow' | 'now'>) => (
  <>
    {proposals > 0 && <span className="note tone-proposed">{count(proposals, 'proposal')} waiting for a verdict</span>}
    {conflicts > 0 && <span className="note tone-held">{count(conflicts, 'conflict')}</span>}
    {behind && <span className="note tone-ended">as of {clock(asOf, now)}</span>}
  </>
)

export const Progress = ({ workflow: { progress, title } }: Pick<WorkflowRowProps, 'workflow'>) => (
  <span className="progress">
    <progress max={100} value={progress.percent} aria-label={`Progress of ${title}`} />
    <span className="progress-words">
      {progress.settled}/{progress.total}
    </span>
  </span>
)
