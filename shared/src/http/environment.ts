import type { Demand } from '../consistency/index.ts'
import type { Principal } from './principal.ts'

/** What the guards, and on workflows the level that is demanded, put beside a request before a route sees it. `principal` is there on every route under /api/v1 but the OpenAPI document. */
export interface ApiEnv {
  Variables: { requestId: string; principal: Principal; demand?: Demand }
}
