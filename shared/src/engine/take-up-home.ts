/** Whoever was present before must come again to be present now; breakers stand as they stood. */
import type { Engine } from './engine.ts'

export const takeUpHome = async (engine: Engine, home: string): Promise<void> => {
  const roster = await engine.roster(home)
  if (!roster.ok) return
  engine.admission.breakers.restore(home, roster.value.state?.breakers ?? [])
  for (const [agent, { kind, capabilities, capacity, present }] of roster.value.state?.agents ?? []) {
    if (!present || engine.dispatch.isConnected(agent)) continue
    void engine.insist({ kind: 'presence', home, presence: { agent, kind, capabilities, capacity, present: false } })
  }
}
