/**
 * Carries out a fault plan in a world: begins each fault when it is due, ends it when it has lasted, and counts it by kind.
 * What a crash or an upgrade means is the world's to say.
 */
import type { Fault } from './fault-plan.ts'
import type { Kernel } from './kernel.ts'
import type { SimNetwork } from './sim-network.ts'
import type { Death, Freeze } from './sim-process.ts'

export interface FaultTargets {
  /** Kills the node's process. A node that is down already stays down. */
  crash(node: string, death: Death): void
  /** Starts the node again, from what its disk kept. */
  restart(node: string): void
  freeze(node: string, durationMs: number, freeze: Freeze): void
  jump(node: string, byMs: number): void
  /** Its disk is copied, or put back to an older copy, and started: the same identity twice. */
  clone(node: string): void
  revoke(node: string): void
  /** Runs another version from its next start. */
  upgrade(node: string): void
}

export interface FaultSchedule {
  /** Ends the safety phase: cuts heal and crashed nodes start now, what is still to come never comes. Freezes end by themselves. */
  end(): void
}

export const scheduleFaults = (
  kernel: Kernel,
  network: SimNetwork,
  plan: readonly Fault[],
  targets: FaultTargets,
  masked: ReadonlySet<string> = new Set(),
): FaultSchedule => {
  const toCancel: (() => void)[] = []
  const lasting = new Set<() => void>()
  const last = (durationMs: number, label: string, undo: () => void): void => {
    const finish = (): void => {
      lasting.delete(finish)
      undo()
    }
    lasting.add(finish)
    toCancel.push(kernel.at(durationMs, label, finish))
  }
  const begin = (fault: Fault): void => {
    kernel.history.count(`fault ${fault.kind === 'cut' ? fault.shape : fault.kind}`)
    const lasts = strike(network, targets, fault)
    if (lasts !== undefined) last(lasts.durationMs, `end of ${fault.id}`, lasts.undo)
  }
  for (const fault of plan) {
    if (!masked.has(fault.id)) toCancel.push(kernel.at(fault.atMs - kernel.now, `fault ${fault.id}`, () => begin(fault)))
  }
  return {
    end() {
      for (const cancel of toCancel) cancel()
      for (const finish of [...lasting]) finish()
    },
  }
}

interface Lasting {
  readonly durationMs: number
  readonly undo: () => void
}

const strike = (network: SimNetwork, targets: FaultTargets, fault: Fault): Lasting | undefined => {
  switch (fault.kind) {
    case 'cut':
      return { durationMs: fault.durationMs, undo: network.cut(fault.ways) }
    case 'crash':
      targets.crash(fault.node, fault.death)
      return { durationMs: fault.durationMs, undo: () => targets.restart(fault.node) }
    case 'reset':
      network.reset(fault.one, fault.other)
      return undefined
    case 'half-open':
      network.deafen(fault.way)
      return undefined
    case 'freeze':
      targets.freeze(fault.node, fault.durationMs, fault.freeze)
      return undefined
    case 'jump':
      targets.jump(fault.node, fault.byMs)
      return undefined
    case 'clone':
    case 'revoke':
    case 'upgrade':
      targets[fault.kind](fault.node)
      return undefined
  }
}
