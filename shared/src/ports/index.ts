export type { Clock } from './clock.ts'
export type { Executor } from './executor.ts'
export type { Change, Neighbours, SharedStore } from './neighbours.ts'
export type { Attempt, AttemptError, Performer } from './performer.ts'
export type { Random } from './random.ts'
export {
  type Append,
  type Batch,
  type CollectionSchema,
  type FeedEntry,
  type Put,
  type Query,
  type Removal,
  type Row,
  type Store,
  type StoredDocument,
  type StoreError,
  StoreFailure,
} from './store.ts'
export type { Connection, ConnectionHandlers, Dial } from './transport.ts'
