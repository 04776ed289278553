/** The conflict log of a node, as its API shows it. */
import { type ConflictCase, conflictCase } from '@holdfast/shared/http'
import { type Api, member } from './api.ts'

export const conflictsAt = async (api: Api, query = 'state=all'): Promise<readonly ConflictCase[]> => {
  const { status, body } = await api.ask('GET', `/conflicts?${query}`)
  const items = member(body, 'items')
  if (status !== 200 || !Array.isArray(items)) throw new Error(`conflicts were answered ${status}: ${JSON.stringify(body)}`)
  return items.map((item) => conflictCase.parse(item))
}

export const settle = (api: Api, id: string, option: string, comment = '') =>
  api.ask('POST', `/conflicts/${id}/resolve`, { option, comment })
