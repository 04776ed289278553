/** Who is signed in decides what is drawn: the form, or the page with its store, client and sync, which live and die together. */
import { useCallback, useEffect, useMemo, useState } from 'react'
import { createClient } from './api/client.ts'
import { adoptToken, forgetToken, keepToken, tokenInFragment } from './api/token.ts'
import { Page } from './frame/page.tsx'
import { SignIn } from './frame/sign-in.tsx'
import { ClientProvider, StoreProvider } from './state/hooks.ts'
import { createStore } from './state/store.ts'
import { type Sync, startSync } from './state/sync.ts'

const initialToken = adoptToken()

export const App = () => {
  const [token, setToken] = useState(initialToken)
  const [refused, setRefused] = useState(false)
  const signOut = useCallback((wasRefused: boolean) => {
    forgetToken()
    setRefused(wasRefused)
    setToken(undefined)
  }, [])
  const signIn = (given: string): void => {
    keepToken(given)
    setToken(given)
  }
  useAddressWithToken(setToken)
  return token === undefined ? <SignIn refused={refused} onToken={signIn} /> : <SignedIn key={token} token={token} onSignOut={signOut} />
}

/** The address with a token, pasted into a tab that shows the page already, loads nothing anew: only its fragment changes. */
const useAddressWithToken = (onToken: (token: string | undefined) => void): void => {
  useEffect(() => {
    const look = (): void => {
      if (tokenInFragment(window.location.hash) !== undefined) onToken(adoptToken())
    }
    window.addEventListener('hashchange', look)
    return () => window.removeEventListener('hashchange', look)
  }, [onToken])
}

const SignedIn = ({ token, onSignOut }: { readonly token: string; readonly onSignOut: (refused: boolean) => void }) => {
  const client = useMemo(() => createClient(token), [token])
  const store = useMemo(createStore, [])
  const [sync, setSync] = useState<Sync>()
  useEffect(() => {
    const started = startSync(client, store, () => onSignOut(true))
    setSync(started)
    return () => started.stop()
  }, [client, store, onSignOut])
  return (
    <StoreProvider value={store}>
      <ClientProvider value={client}>
        <Page sync={sync} onSignOut={() => onSignOut(false)} />
      </ClientProvider>
    </StoreProvider>
  )
}
