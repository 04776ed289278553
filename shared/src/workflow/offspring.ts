/** The workflows that steps of a workflow ran, for `evolve`: each on record from its beginning until its end is known, and after it. */
import type { EventOf } from './event.ts'
import type { StepState, WorkflowState, Writable } from './state.ts'

export const bearChild = (next: Writable<WorkflowState>, { ref, attempt, awaits }: EventOf<'running'>, { status }: StepState): void => {
  // What undoes it awaits the same workflow again.
  if (awaits?.kind !== 'child' || status === 'compensating') return
  const { workflow, key, leave } = awaits
  next.children = [...next.children, { step: ref, attempt, workflow, key, leave }]
}

export const endChild = (next: Writable<WorkflowState>, { step, attempt, status }: EventOf<'child-ended'>): void => {
  next.children = next.children.map((child) => (child.step === step && child.attempt === attempt ? { ...child, ended: status } : child))
}
