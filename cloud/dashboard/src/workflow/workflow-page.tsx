import { useEffect, useState } from 'react'
import type { Failure } from '../api/client.ts'
import type { FacilityView, StepView } from '../api/types.ts'
import { Sign } from '../frame/sign.tsx'
import { useDashboard, useNow } from '../state/hooks.ts'
import { CancelDialog } from './cancel-dialog.tsx'
import { History } from './history.tsx'
import { JsonView } from './json-view.tsx'
import { Judgements } from './judgements.tsx'
import { StepGraph } from './step-graph.tsx'
import { StepPanel } from './step-panel.tsx'
import { type Opened, useWorkflow } from './use-workflow.ts'
import { WorkflowHead } from './workflow-head.tsx'

export const WorkflowPage = ({ id }: { readonly id: string }) => {
  const state = useDashboard()
  const { opened, failure, refresh, showEarlier } = useWorkflow(id, state.workflows.get(id)?.value ?? state.live)
  useEffect(() => {
    document.title = `${opened?.detail.title ?? 'Workflow'} · Holdfast`
  }, [opened?.detail.title])
  return (
    <article className="workflow" data-testid="workflow-detail" aria-busy={opened === undefined}>
      <a className="back" href="#/">
        <Sign shape="back" />
        All workflows
      </a>
      {failure?.kind === 'refused' && <Refused failure={failure} />}
      {opened === undefined ? (
        <p className="empty">{failure === undefined ? 'Asking for it…' : 'It can’t be shown now.'}</p>
      ) : (
        <Content
          opened={opened}
          facility={state.facilities.get(opened.detail.facility)?.value}
          onEarlier={() => void showEarlier()}
          onDecided={refresh}
        />
      )}
    </article>
  )
}

const Refused = ({ failure }: { readonly failure: Extract<Failure, { kind: 'refused' }> }) => (
  <p className="notice tone-failed" role="alert">
    <Sign shape="cross" />
    {failure.message}
  </p>
)

interface ContentProps {
  readonly opened: Opened
  readonly facility: FacilityView | undefined
  readonly onEarlier: () => void
  readonly onDecided: () => void
}

const Content = ({ opened: { detail, history }, facility, onEarlier, onDecided }: ContentProps) => {
  const now = useNow()
  const [isCancelling, setCancelling] = useState(false)
  const closeDialog = (): void => {
    setCancelling(false)
    onDecided()
  }
  return (
    <>
      <WorkflowHead detail={detail} facility={facility} now={now} onCancel={() => setCancelling(true)} />
      {isCancelling && (
        <CancelDialog id={detail.id} title={detail.title} facility={facility?.title ?? detail.facility} onClose={closeDialog} />
      )}
      <Steps opened={{ detail, history }} now={now} />
      <div className="columns">
        <History entries={history} length={detail.log.length} now={now} onEarlier={onEarlier} />
        <div>
          <Judgements proposals={detail.proposals} verdicts={detail.verdicts} conflictList={detail.conflictList} now={now} />
          <section aria-labelledby="data-title">
            <h2 id="data-title">Data</h2>
            <JsonView title="Input" value={detail.input} />
            <JsonView title="Output" value={detail.output} />
          </section>
        </div>
      </div>
    </>
  )
}

const Steps = ({ opened: { detail }, now }: { readonly opened: Opened; readonly now: number }) => {
  const [chosen, setChosen] = useState<number>()
  const step = detail.steps.find(({ ref }) => ref === chosen)
  const itemsOf = ({ ref }: StepView) => detail.steps.filter(({ parent }) => parent === ref)
  return (
    <section aria-labelledby="steps-title">
      <h2 id="steps-title">
        Steps{' '}
        <span className="tab-number">
          {detail.progress.settled} of {detail.progress.total}
        </span>
      </h2>
      {detail.steps.length === 0 ? (
        <p className="empty">Its steps are known once its facility has admitted it.</p>
      ) : (
        <>
          <StepGraph
            steps={detail.steps}
            links={detail.links}
            chosen={chosen}
            onChoose={(ref) => setChosen(ref === chosen ? undefined : ref)}
          />
          <p className="legend">
            <span className="stroke stroke-sent" /> taken <span className="stroke stroke-undecided" /> not decided yet{' '}
            <span className="stroke stroke-dead" /> not taken
          </p>
        </>
      )}
      {step !== undefined && <StepPanel step={step} items={itemsOf(step)} now={now} onClose={() => setChosen(undefined)} />}
    </section>
  )
}
