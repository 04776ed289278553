import type { HistoryEntry } from '../api/types.ts'
import { clockSeconds } from '../words/time.ts'
import { JsonView } from './json-view.tsx'

interface HistoryProps {
  readonly entries: readonly HistoryEntry[]
  readonly length: number
  readonly now: number
  readonly onEarlier: () => void
}

/** Newest first: at the top stands what explains the present. */
export const History = ({ entries, length, now, onEarlier }: HistoryProps) => (
  <section aria-labelledby="history-title">
    <h2 id="history-title">
      History <span className="tab-number">{length.toLocaleString()}</span>
    </h2>
    <ol className="history" reversed data-testid="history-list">
      {entries.toReversed().map((entry) => (
        <Entry key={entry.position} entry={entry} now={now} />
      ))}
    </ol>
    {entries.length < length && (
      <button type="button" onClick={onEarlier}>
        Show earlier events
      </button>
    )}
  </section>
)

const Entry = ({
  entry: { position, at, by, node, type, step, text, data },
  now,
}: {
  readonly entry: HistoryEntry
  readonly now: number
}) => (
  <li value={position} className="entry">
    <time dateTime={new Date(at).toISOString()} title={new Date(at).toLocaleString()}>
      {clockSeconds(at, now)}
    </time>
    <div>
      <p>{text}</p>
      <p className="hint">
        #{position} · <code>{type}</code>
        {step !== undefined && ` · ${step}`} · by {by}
        {node !== by && ` at ${node}`}
      </p>
      {data !== null && <JsonView title="Data" value={data} />}
    </div>
  </li>
)
