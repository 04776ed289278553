import { type FormEvent, useId } from 'react'
import { Sign } from './sign.tsx'

export const SignIn = ({ refused, onToken }: { readonly refused: boolean; readonly onToken: (token: string) => void }) => {
  const field = useId()
  const submit = (event: FormEvent<HTMLFormElement>): void => {
    event.preventDefault()
    const token = new FormData(event.currentTarget).get('token')
    if (typeof token === 'string' && token.trim() !== '') onToken(token.trim())
  }
  return (
    <main className="sign-in">
      <form className="card" onSubmit={submit}>
        <h1 className="brand">
          <span className="brand-mark">
            <Sign shape="anchor" />
          </span>
          Holdfast
        </h1>
        {refused && (
          <p className="notice tone-failed" role="alert">
            <Sign shape="cross" />
            The token was refused. It may have been revoked or belong to another installation.
          </p>
        )}
        <label htmlFor={field}>Access token</label>
        <input id={field} name="token" type="password" autoComplete="current-password" required />
        <p className="hint">It is printed with this page's address when the coordinator starts, and kept for this tab only.</p>
        <button type="submit" className="primary">
          Open the dashboard
        </button>
      </form>
    </main>
  )
}
