/**
 * The token of an `Authorization: Bearer …` header: the one rule for requests, live feeds, links and agents. One in a URL would end up
 * in logs and is never read.
 */
const BEARER = /^Bearer ([\x21-\x7e]{1,4096})$/i

export const bearerOf = (header: string | undefined): string | undefined => BEARER.exec(header ?? '')?.[1]
