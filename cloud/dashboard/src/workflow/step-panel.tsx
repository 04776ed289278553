import type { StepView } from '../api/types.ts'
import { Pill } from '../frame/pill.tsx'
import { count, stepPhrase } from '../words/status.ts'
import { ago } from '../words/time.ts'
import { JsonView } from './json-view.tsx'

interface StepPanelProps {
  readonly step: StepView
  readonly items: readonly StepView[]
  readonly now: number
  readonly onClose: () => void
}

/** The chosen step in full: what the card has no room for. */
export const StepPanel = ({ step, items, now, onClose }: StepPanelProps) => (
  <section className="step-panel card" aria-labelledby="step-panel-title" aria-live="polite">
    <h3 id="step-panel-title">
      {step.title} <Pill phrase={stepPhrase(step.status)} />
      <button type="button" className="quiet" onClick={onClose}>
        Close
      </button>
    </h3>
    <p className="facts">
      {step.type} <code>{step.id}</code> · {ago(step.since, now)}
      {step.attempt > 0 && ` · attempt ${step.attempt}`}
      {step.agent !== undefined && ` · by ${step.agent}`}
    </p>
    {step.waitsFor !== undefined && <p>{step.waitsFor}</p>}
    {step.error !== undefined && (
      <p className="tone-failed tinted">
        {step.error.message} <code>{step.error.code}</code>
      </p>
    )}
    <JsonView title="Input" value={step.input} />
    <JsonView title="Output" value={step.output} />
    {items.length > 0 && <AllItems items={items} />}
  </section>
)

const AllItems = ({ items }: { readonly items: readonly StepView[] }) => (
  <details>
    <summary>{count(items.length, 'item')}</summary>
    <ul className="all-items">
      {items.map((item) => (
        <li key={item.ref}>
          <Pill phrase={stepPhrase(item.status)} /> {item.title}
          {item.agent !== undefined && <span className="hint"> by {item.agent}</span>}
          {(item.error?.message ?? item.waitsFor) !== undefined && <span className="hint"> {item.error?.message ?? item.waitsFor}</span>}
          <JsonView title="Input" value={item.input} />
          <JsonView title="Output" value={item.output} />
        </li>
      ))}
    </ul>
  </details>
)
