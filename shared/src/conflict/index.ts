export { type Judgeable, type Judged, judge } from './judge.ts'
