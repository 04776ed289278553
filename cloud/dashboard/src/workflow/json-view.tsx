import type { Json } from '../api/types.ts'

/** A value as text, folded until it is asked for. */
export const JsonView = ({ title, value }: { readonly title: string; readonly value: Json | undefined }) =>
  value === undefined ? null : (
    <details className="json">
      <summary>{title}</summary>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard. */}
      <pre tabIndex={0}>{JSON.stringify(value, null, 2)}</pre>
    </details>
  )
