/** The coordinator's store as it is configured: its own file, or a database that other coordinators may write to as well. */
import type { Neighbours } from '@holdfast/shared/ports'
import { openNodePostgres, openNodeStore } from '@holdfast/shared/system'
import type { CoordinatorConfig } from './config.ts'

export interface CoordinatorStore {
  readonly store: ReturnType<typeof openNodeStore>
  readonly neighbours?: Neighbours
}

/** @param tell how it fares, whenever that changes */
export const openStore = async (
  { storePath = '', postgres }: CoordinatorConfig,
  tell: (fares: object) => void,
): Promise<CoordinatorStore> => (postgres === undefined ? { store: openNodeStore(storePath, tell) } : openNodePostgres(postgres, tell))
