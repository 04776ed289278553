import { type FormEvent, useEffect, useId, useRef, useState } from 'react'
import { useClient } from '../state/hooks.ts'

type Outcome =
  | { readonly kind: 'asking' }
  | { readonly kind: 'sending' }
  | { readonly kind: 'decided' }
  | { readonly kind: 'proposed' }
  | { readonly kind: 'failed'; readonly message: string }

interface CancelDialogProps {
  readonly id: string
  readonly title: string
  readonly facility: string
  readonly onClose: () => void
}

/** A cancel is a will: its home may decide at once, or it waits for a verdict. Which of both it was is said plainly. */
export const CancelDialog = ({ id, title, facility, onClose }: CancelDialogProps) => {
  const client = useClient()
  const dialog = useRef<HTMLDialogElement>(null)
  const heading = useId()
  const [outcome, setOutcome] = useState<Outcome>({ kind: 'asking' })
  useEffect(() => dialog.current?.showModal(), [])

  const send = async (reason: string): Promise<void> => {
    setOutcome({ kind: 'sending' })
    const answer = await client.cancel(id, reason)
    if (answer.ok) setOutcome({ kind: answer.value })
    else if (answer.failure.kind === 'refused') setOutcome({ kind: 'failed', message: answer.failure.message })
    else
      setOutcome({
        kind: 'failed',
        message: 'No answer came. It may or may not have been received: look at the workflow before trying again.',
      })
  }
  return (
    <dialog ref={dialog} onClose={onClose} aria-labelledby={heading}>
      <h2 id={heading}>Cancel “{title}”</h2>
      {outcome.kind === 'decided' || outcome.kind === 'proposed' ? (
        <Told outcome={outcome.kind} facility={facility} />
      ) : (
        <ReasonForm outcome={outcome} onReason={(reason) => void send(reason)} />
      )}
    </dialog>
  )
}

const ReasonForm = ({ outcome, onReason }: { readonly outcome: Outcome; readonly onReason: (reason: string) => void }) => {
  const field = useId()
  const submit = (event: FormEvent<HTMLFormElement>): void => {
    event.preventDefault()
    const reason = new FormData(event.currentTarget).get('reason')
    if (typeof reason === 'string' && reason.trim() !== '') onReason(reason.trim())
  }
  return (
    <form onSubmit={submit}>
      <p>What runs is told to stop, and what was done is undone where the definition says how.</p>
      <label htmlFor={field}>Reason, kept in the history</label>
      <textarea id={field} name="reason" rows={3} maxLength={500} required />
      {outcome.kind === 'failed' && (
        <p className="tone-failed tinted" role="alert">
          {outcome.message}
        </p>
      )}
      <p className="buttons">
        <button type="button" onClick={({ currentTarget }) => currentTarget.closest('dialog')?.close()}>
          Keep it
        </button>
        <button type="submit" className="danger" disabled={outcome.kind === 'sending'}>
          {outcome.kind === 'sending' ? 'Sending…' : 'Cancel the workflow'}
        </button>
      </p>
    </form>
  )
}

const Told = ({ outcome, facility }: { readonly outcome: 'decided' | 'proposed'; readonly facility: string }) => (
  <form method="dialog">
    <p role="status">
      {outcome === 'decided' ? (
        <>
          <strong>Decided.</strong> The workflow is being cancelled.
        </>
      ) : (
        <>
          <strong>Proposed.</strong> {facility} decides; until its verdict comes the workflow goes on. The verdict will appear on this page.
        </>
      )}
    </p>
    <p className="buttons">
      <button type="submit" className="primary">
        Close
      </button>
    </p>
  </form>
)
