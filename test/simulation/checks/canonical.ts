/** A workflow's state as one text: equal states give equal texts, whatever order their sets were filled in. */

import { canonicalJson, type Json } from '@holdfast/shared/values'
import type { WorkflowState } from '@holdfast/shared/workflow'

export const canonicalState = (state: WorkflowState | undefined): string => {
  if (state === undefined) return 'none'
  const plain: Json = JSON.parse(JSON.stringify({ ...state, sent: [...state.sent].sort((a, b) => a - b) }))
  return canonicalJson(plain)
}
