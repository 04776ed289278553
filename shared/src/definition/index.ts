export { type Compilation, compileDefinition } from './compile.ts'
export type {
  CompiledAttempt,
  CompiledDefinition,
  CompiledLink,
  CompiledMapping,
  CompiledStep,
  Expression,
} from './compiled.ts'
export type {
  AgentKind,
  ApprovalWork,
  Attemptable,
  BreakerSpec,
  CancelPolicy,
  Cel,
  CompensationSpec,
  Definition,
  DefinitionProblem,
  EachSpec,
  ExecutorWork,
  FunctionWork,
  HandWork,
  LateCancelPolicy,
  LinkSpec,
  Mapping,
  MapWork,
  Priority,
  ResourceNeed,
  StepSpec,
  SyncWork,
  TaskWork,
  UndoWork,
  WaitWork,
  Work,
  WorkflowWork,
} from './definition.ts'
export { MAX_DURATION_MS, toMs } from './durations.ts'
export { compileExpression, VARIABLES } from './expression/expression.ts'
export { checkGraph } from './graph.ts'
export { type CheckInput, compileInputSchema } from './input.ts'
export { type Order, orderOf } from './order.ts'
export { type ParseOptions, parseDefinition } from './parse.ts'
export { type Sketch, sketchOf } from './sketch.ts'
export type { TextFormat } from './text.ts'
