/** A workflow's version as the world sees it: the length and head of its log. */
export interface LogVersion {
  readonly length: number
  readonly head: string
}

export const etagOf = ({ length, head }: LogVersion): string => `"${length}-${head}"`

/** Does an If-Match header name this version? Tags are compared strongly: a weak one never matches. */
export const matchesEtag = (header: string, version: LogVersion): boolean =>
  header.split(',').some((tag) => tag.trim() === etagOf(version) || tag.trim() === '*')
