/**
 * Where the bearer token lives. The address printed at start carries it in the fragment, which no server or proxy log ever sees;
 * it moves to the session at once, so that the address can be shown and shared without it.
 */
const KEY = 'holdfast.token'

export const tokenInFragment = (fragment: string): string | undefined => {
  const token = new URLSearchParams(fragment.replace(/^#/, '')).get('token')
  return token === null || token === '' ? undefined : token
}

export const adoptToken = (): string | undefined => {
  const given = tokenInFragment(window.location.hash)
  if (given === undefined) return sessionStorage.getItem(KEY) ?? undefined
  history.replaceState(null, '', `${window.location.pathname}${window.location.search}#/`)
  keepToken(given)
  return given
}

export const keepToken = (token: string): void => sessionStorage.setItem(KEY, token)

export const forgetToken = (): void => sessionStorage.removeItem(KEY)
