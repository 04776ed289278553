import { useNow } from '../state/hooks.ts'
import { clock } from '../words/time.ts'
import { Sign } from './sign.tsx'

/** The page can't vouch for the present; it says so, and of when its picture is. */
export const Banner = ({ knownAt, onRetry }: { readonly knownAt: number | undefined; readonly onRetry: () => void }) => {
  const now = useNow()
  return (
    <div className="banner" role="alert">
      <Sign shape="cut" />
      <p>
        <strong>Cannot reach the coordinator</strong>
        {knownAt === undefined
          ? '. Trying again.'
          : `, showing what was known at ${clock(knownAt, now)}. Facilities carry on by themselves.`}
      </p>
      <button type="button" onClick={onRetry}>
        Try now
      </button>
    </div>
  )
}
