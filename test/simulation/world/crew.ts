/** Who works at a facility: between them its agents can do all that the definitions ask for. */
import type { Prng } from '@holdfast/shared/testing'
import type { AgentSpec } from './agent.ts'
import { agentName, gatewayOf } from './setup.ts'

const TRADES = [
  { kind: 'robot', capabilities: ['ship', 'receive', 'put-away', 'load', 'unload', 'pick', 'put-back'] },
  { kind: 'ai', capabilities: ['inspect', 'notify', 'print-label'] },
  { kind: 'human', capabilities: ['pick', 'pack', 'put-back', 'unpack', 'dispatch'] },
] as const

export const drawCrew = (prng: Prng, home: string, count: number): readonly AgentSpec[] =>
  Array.from({ length: count }, (_, n): AgentSpec => {
    const trade = TRADES[n % TRADES.length] ?? TRADES[0]
    const { kind, capabilities } = trade
    return { agent: agentName(home, n), kind, capabilities, capacity: prng.between(1, 3), gateway: gatewayOf(home) }
  })
