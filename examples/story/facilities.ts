/** Who and what stands at the two facilities of the story. */
import type { AgentKind } from './work.ts'

export interface StoryAgent {
  readonly id: string
  readonly kind: AgentKind
  readonly capabilities: readonly string[]
  readonly capacity: number
}

export interface StoryFacility {
  readonly id: 'harbour' | 'hillside'
  readonly title: string
  readonly nodeNumber: number
  readonly agents: readonly StoryAgent[]
}

const ROBOT_WORK = ['pick', 'put-back', 'ship', 'load', 'unload', 'dispatch', 'receive', 'put-away']
const PERSON_WORK = ['pack', 'unpack']
const AI_WORK = ['inspect', 'notify', 'print-label']

const agentsOf = (facility: string): readonly StoryAgent[] => [
  ...[1, 2, 3, 4].map((n) => ({ id: `${facility}-robot-${n}`, kind: 'robot' as const, capabilities: ROBOT_WORK, capacity: 1 })),
  { id: `${facility}-person`, kind: 'human', capabilities: PERSON_WORK, capacity: 2 },
  { id: `${facility}-ai`, kind: 'ai', capabilities: AI_WORK, capacity: 4 },
]

export const FACILITIES: readonly StoryFacility[] = [
  { id: 'harbour', title: 'Harbour warehouse', nodeNumber: 2, agents: agentsOf('harbour') },
  { id: 'hillside', title: 'Hillside warehouse', nodeNumber: 3, agents: agentsOf('hillside') },
]

export const CLOUD_NODE_NUMBER = 1
