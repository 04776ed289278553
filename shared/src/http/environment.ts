import type { Principal } from './principal.ts'

/** What the guards put beside a request before a route sees it. `principal` is there on every route under /api/v1 but the OpenAPI document. */
export interface ApiEnv {
  Variables: { requestId: string; principal: Principal }
}
