/** A workflow's state as one text: equal states give equal texts. */

import { canonicalJson, type Json } from '@holdfast/shared/values'
import type { WorkflowState } from '@holdfast/shared/workflow'

export const canonicalState = (state: WorkflowState | undefined): string => {
  if (state === undefined) return 'none'
  const plain: Json = JSON.parse(JSON.stringify(state))
  return canonicalJson(plain)
}
