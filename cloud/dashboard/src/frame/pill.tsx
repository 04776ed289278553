import type { Phrase } from '../words/status.ts'
import { Sign } from './sign.tsx'

/** A status: sign and word in the tone's colour. */
export const Pill = ({ phrase, testId }: { readonly phrase: Phrase; readonly testId?: string }) => (
  <span className={`pill tone-${phrase.tone}`} data-testid={testId}>
    <Sign shape={phrase.sign} />
    {phrase.word}
  </span>
)
