/**
 * One connection that listens, for as long as it is wanted.
 *
 *   connecting ──▶ listening ──broke──▶ waiting ──▶ connecting …
 *
 * Whatever was said while nobody listened is lost; so each time it listens anew, it says itself that there may have been something.
 */
import pg from 'pg'

const RETRY_MS = 1_000

export const listen = (config: pg.ClientConfig, channel: string, onHeard: (payload: string) => void): (() => void) => {
  let client: pg.Client | undefined
  let timer: NodeJS.Timeout | undefined
  let isStopped = false

  const again = (): void => {
    client = undefined
    if (!isStopped) timer = setTimeout(connect, RETRY_MS)
  }
  const connect = (): void => {
    const own = new pg.Client(config)
    client = own
    const broke = (): void => {
      if (client === own) again()
    }
    own.on('error', broke)
    own.on('end', broke)
    own.on('notification', ({ payload = '' }) => onHeard(payload))
    own
      .connect()
      .then(() => own.query(`LISTEN ${channel}`))
      .then(() => onHeard(''))
      .catch(() => {
        broke()
        own.end().catch(() => {})
      })
  }
  connect()
  return () => {
    isStopped = true
    clearTimeout(timer)
    client?.end().catch(() => {})
  }
}
