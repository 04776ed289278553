/** The address of what is shown. The filter is part of it, so a view can be bookmarked, shared and gone back to. */
import { type Filter, noFilter, PRIORITIES, SORTS, STANDINGS } from './listing.ts'

export type Route = { readonly page: 'overview'; readonly filter: Filter } | { readonly page: 'workflow'; readonly id: string }

const WORKFLOW = '/workflow/'

export const parseRoute = (fragment: string): Route => {
  const [path = '', query = ''] = splitOnce(fragment.replace(/^#/, ''), '?')
  if (path.startsWith(WORKFLOW) && path.length > WORKFLOW.length) return { page: 'workflow', id: decoded(path.slice(WORKFLOW.length)) }
  return { page: 'overview', filter: parseFilter(new URLSearchParams(query)) }
}

export const workflowAddress = (id: string): string => `#${WORKFLOW}${encodeURIComponent(id)}`

export const overviewAddress = (filter: Filter): string => {
  const query = new URLSearchParams()
  if (filter.text !== '') query.set('text', filter.text)
  if (filter.facility !== undefined) query.set('facility', filter.facility)
  if (filter.standing !== undefined) query.set('show', filter.standing)
  if (filter.priority !== undefined) query.set('priority', filter.priority)
  if (filter.sort !== noFilter.sort) query.set('sort', filter.sort)
  return query.size === 0 ? '#/' : `#/?${query}`
}

/**
 * Shows another address in the place of the present one: the way back leads to the page before, not to the last letter typed. At once,
 * not in a later task as the browser's own event comes, or fast typing would outrun the field that shows it.
 */
export const replaceAddress = (address: string): void => {
  history.replaceState(null, '', address)
  window.dispatchEvent(new HashChangeEvent('hashchange'))
}

const parseFilter = (query: URLSearchParams): Filter => ({
  text: query.get('text') ?? '',
  facility: query.get('facility') ?? undefined,
  standing: oneOf(STANDINGS, query.get('show')),
  priority: oneOf(PRIORITIES, query.get('priority')),
  sort: oneOf(SORTS, query.get('sort')) ?? noFilter.sort,
})

export const oneOf = <Word extends string>(words: readonly Word[], given: string | null | undefined): Word | undefined =>
  words.find((word) => word === given)

const splitOnce = (text: string, mark: string): readonly string[] => {
  const at = text.indexOf(mark)
  return at === -1 ? [text] : [text.slice(0, at), text.slice(at + 1)]
}

/** An address typed by hand may hold a stray percent sign. */
const decoded = (text: string): string => {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
