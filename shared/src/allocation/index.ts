export { type Candidate, canDo, chooseAgent, type Need } from './choose.ts'
export { AGEING_MS, urgency, type Waiting } from './queue.ts'
