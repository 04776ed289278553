import { z } from 'zod'

/** What an agent's process is told when it is started. */
export const agentSettings = z.strictObject({
  agent: z.string(),
  kind: z.enum(['robot', 'human', 'ai']),
  capabilities: z.array(z.string()),
  capacity: z.number().int().positive(),
  gatewayUrl: z.string(),
  token: z.string(),
  seed: z.string(),
  journal: z.string(),
  effectLog: z.string(),
})

export type AgentSettings = z.infer<typeof agentSettings>

/** One deed in the world, as an agent's effect log holds it. */
export const deed = z.object({ task: z.string(), workflow: z.string(), step: z.string(), purpose: z.string(), agent: z.string() })

export type Deed = z.infer<typeof deed>
