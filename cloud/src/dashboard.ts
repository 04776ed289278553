/** The built dashboard, served as it lies: a page, its script, its style. Routing is in the address's fragment, so no path is special. */

import { type Api, PAGE_CONTENT_SECURITY_POLICY } from '@holdfast/shared/http'
import { serveStatic } from '@hono/node-server/serve-static'

export const addDashboard = (api: Api, folder: string): void => {
  const pages = serveStatic({ root: folder })
  for (const path of ['/', '/favicon.svg', '/assets/*']) {
    api.get(path, async (context, next) => {
      context.header('Content-Security-Policy', PAGE_CONTENT_SECURITY_POLICY)
      return pages(context, next)
    })
  }
}
