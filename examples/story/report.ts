/** The summary of a story, for programs and for people. */
import { sha256Hex } from '@holdfast/shared/values'
import type { Check, Ending, Told } from './checks.ts'

export interface Report {
  readonly seed: string
  readonly ok: boolean
  readonly checks: readonly Check[]
  readonly workflows: { readonly total: number; readonly byOutcome: Readonly<Record<string, number>> }
  /** Of key and outcome of every workflow and of every verdict: the same for the same seed. */
  readonly resultsHash: string
  readonly refused: readonly { readonly key: string; readonly why: string }[]
  readonly conflicts: readonly { readonly workflow: string; readonly rule: string; readonly choice: string; readonly explanation: string }[]
  readonly verdicts: readonly {
    readonly workflow: string
    readonly accepted: boolean
    readonly code: string
    readonly explanation: string
  }[]
  readonly cut: { readonly completedWhileCut: number; readonly pendingAtHeal: number; readonly catchUpMs: number; readonly bytes: number }
  readonly recovery: { readonly openAtKill: number; readonly downMs: number; readonly words: string }
  readonly deeds: number
  readonly firstWorkflowMs: number
  readonly tookMs: number
}

export interface Timing {
  readonly firstWorkflowMs: number
  readonly tookMs: number
}

export const reportOf = (seed: string, told: Told, ending: Ending, checks: readonly Check[], timing: Timing): Report => {
  const { taken, cast, cut, heal, kill } = told
  const byOutcome: Record<string, number> = {}
  for (const { status } of ending.summaries.values()) byOutcome[status] = (byOutcome[status] ?? 0) + 1
  const judged = [heal.gone, heal.held, heal.hurried]
  const verdicts = judged.flatMap(({ key, verdicts: all }) => all.slice(-1).map((verdict) => ({ workflow: key, ...verdict })))
  const outcomes = [...ending.summaries.values()].map(({ facility, key, status }) => `${facility}/${key} ${status}`).sort()
  const lines = [...outcomes, ...verdicts.map(({ workflow, code }) => `${workflow} ${code}`), `${cast.gone.key} gone`]
  return {
    seed,
    ok: checks.every(({ held }) => held),
    checks,
    workflows: { total: ending.summaries.size, byOutcome },
    resultsHash: sha256Hex(lines.join('\n')).slice(0, 16),
    refused: taken.refused.map(({ order, why }) => ({ key: order.key, why })),
    conflicts: [...ending.cloud.values()].flatMap(({ key, conflictList }) =>
      conflictList.map(({ rule, choice, explanation }) => ({ workflow: key, rule, choice, explanation })),
    ),
    verdicts,
    cut: {
      completedWhileCut: cut.completedWhileCut,
      pendingAtHeal: cut.pendingAtHeal,
      catchUpMs: Math.round(heal.catchUpMs),
      bytes: heal.bytesUp + heal.bytesDown,
    },
    recovery: { openAtKill: kill.openAtKill, downMs: Math.round(kill.downMs), words: kill.recovery },
    deeds: ending.deeds.length,
    ...timing,
  }
}

export const tell = (report: Report): string => {
  const { workflows, refused, conflicts, verdicts, cut, recovery, checks } = report
  const outcomes = Object.entries(workflows.byOutcome).map(([outcome, count]) => `${count} ${outcome}`)
  return [
    '',
    `${workflows.total} workflows: ${outcomes.join(', ')}. ${report.deeds} deeds by agents.`,
    `${refused.length} orders refused:`,
    ...refused.map(({ key, why }) => `  ${key}: ${why}`),
    `Conflicts: ${conflicts.length === 0 ? 'none' : ''}`,
    ...conflicts.map(({ workflow, rule, choice, explanation }) => `  ${workflow}: ${rule}, settled by "${choice}". ${explanation}`),
    'Verdicts on what the cloud wanted while cut off:',
    ...verdicts.map(({ workflow, accepted, explanation }) => `  ${workflow}: ${accepted ? 'accepted' : 'refused'}. ${explanation}`),
    `Catch-up after the cut: ${cut.pendingAtHeal} updates in ${cut.catchUpMs} ms, ${cut.bytes} bytes both ways.`,
    `Recovery after the kill: ${recovery.openAtKill} workflows open; back in ${recovery.downMs} ms; ${recovery.words}`,
    `First workflow finished ${(report.firstWorkflowMs / 1000).toFixed(1)} s after the start; all over after ${(report.tookMs / 1000).toFixed(1)} s.`,
    `Results ${report.resultsHash} for seed ${report.seed}.`,
    '',
    ...checks.map(({ what, held, found }) => `${held ? '✓' : '✗'} ${what}${found === '' ? '' : ` (${found})`}`),
    '',
  ].join('\n')
}
