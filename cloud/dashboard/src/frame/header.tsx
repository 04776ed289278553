import type { LivePhase } from '../api/live.ts'
import { Sign } from './sign.tsx'

const LIVE_WORDS: Readonly<Record<LivePhase, string>> = {
  connecting: 'Connecting',
  live: 'Live',
  waiting: 'Not live, trying again',
}

export const Header = ({ live, onSignOut }: { readonly live: LivePhase; readonly onSignOut: () => void }) => (
  <header className="header">
    <a className="brand" href="#/">
      <span className="brand-mark">
        <Sign shape="anchor" />
      </span>
      Holdfast
    </a>
    <p className={`live live-${live}`} aria-live="polite" data-testid="live-state">
      <Sign shape={live === 'live' ? 'linked' : live === 'connecting' ? 'dashed' : 'cut'} />
      {LIVE_WORDS[live]}
    </p>
    <button type="button" className="quiet" onClick={onSignOut}>
      Sign out
    </button>
  </header>
)
