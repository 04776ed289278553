export { type Judgeable, type Judged, judge, refuseUnwritable } from './judge.ts'
