export { type Candidate, canDo, chooseAgent, type Need } from './choose.ts'
export { type Claim, type Holder, type Holding, Ledger, Round } from './ledger.ts'
export { AGEING_MS, urgency, type Waiting } from './queue.ts'
