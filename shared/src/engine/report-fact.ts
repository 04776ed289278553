/** What an agent says of a task, as the fact that it is. */
import type { AgentReport } from '../agent-protocol/index.ts'
import type { AttemptName, Fact } from '../workflow/command.ts'

type TaskReport = Exclude<AgentReport, { readonly type: 'heartbeat' }>

export const factOf = (report: TaskReport, name: AttemptName): Fact => {
  switch (report.type) {
    case 'accept':
      return { type: 'attempt-accepted', ...name }
    case 'decline':
      return { type: 'attempt-declined', reason: report.reason, ...name }
    case 'stopped':
      return { type: 'attempt-stopped', ...name }
    case 'result': {
      const { outcome } = report
      return outcome.ok
        ? { type: 'attempt-succeeded', output: outcome.output, ...name }
        : { type: 'attempt-failed', error: outcome.error, ...name }
    }
  }
}
