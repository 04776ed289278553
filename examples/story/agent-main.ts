/**
 * One agent of the story as a process of its own; it knows nothing of Holdfast but the SDK.
 *
 *   node agent-main.ts ⟨settings as JSON⟩
 *
 * What it does in the world it writes into its effect log, one line a deed, before it says so to anybody: the story compares these
 * logs with the workflows' to see that nothing was done twice.
 */
import { appendFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { type Agent, ai, type Handler, human, robot, TaskFailure } from '@holdfast/agent-sdk'
import { agentSettings, type Deed } from './settings.ts'
import { type Fate, fateOf } from './work.ts'

const settings = agentSettings.parse(JSON.parse(process.argv[2] ?? '{}'))
type Task = Parameters<Handler>[0]

const fate = ({ workflow, step, purpose, capability, attempt }: Task): Fate =>
  fateOf({ seed: settings.seed, workflow, step: `${purpose}/${step}`, capability, attempt })

const record = ({ task, workflow, step, purpose }: Task): void => {
  const done: Deed = { task, workflow, step, purpose, agent: settings.agent }
  appendFileSync(settings.effectLog, `${JSON.stringify(done)}\n`)
}

const { gatewayUrl, token, agent: id, journal, capacity, capabilities } = settings
const common = { gatewayUrl, token, id, journal, capacity, timing: { firstRetryMs: 100, longestRetryMs: 1_000 } }

const openRobot = (): Promise<Agent> => {
  const work: Handler = async (task, { signal, progress }) => {
    const { durationMs, outcome } = fate(task)
    await sleep(durationMs / 2, undefined, { signal })
    progress(0.5)
    await sleep(durationMs / 2, undefined, { signal })
    if (outcome === 'hiccup') throw new TaskFailure('temporary', `${task.capability} did not work out this time`, true)
    record(task)
    return { by: id }
  }
  return robot({ ...common, skills: Object.fromEntries(capabilities.map((capability) => [capability, work])) })
}

/** A person looks at the inbox, takes a while for each task, and answers. */
const openPerson = async (): Promise<Agent> => {
  const seen = new Set<string>()
  const answer = async (task: Task): Promise<void> => {
    seen.add(task.task)
    await sleep(fate(task).durationMs)
    if (!person.inbox().some((open) => open.task === task.task)) return
    record(task)
    person.answer(task.task, { by: id })
  }
  const person = await human({
    ...common,
    capabilities,
    onInbox: (open) => {
      for (const task of open) if (!seen.has(task.task)) void answer(task)
    },
  })
  return person.agent
}

/** Its "thinking" is a function of the task; now and then the first thought is no usable answer and it has to think again. */
const openThinker = (): Promise<Agent> =>
  ai({
    ...common,
    capabilities,
    think: async (task, { attempt, signal }) => {
      const { durationMs, outcome } = fate(task)
      await sleep(durationMs, undefined, { signal })
      if (outcome === 'hiccup' && attempt === 1) return 'let me think about it'
      if (outcome === 'spoiled') throw new TaskFailure('goods-spoiled', 'the goods are spoiled', false)
      return { passed: outcome !== 'doubt' }
    },
    check: (task, thought) => {
      if (!isAnswer(thought)) return { ok: false, error: 'answer with {passed: true or false}' }
      record(task)
      return { ok: true, value: { by: id, passed: thought.passed } }
    },
  })

const isAnswer = (thought: unknown): thought is { passed: boolean } =>
  typeof thought === 'object' && thought !== null && 'passed' in thought && typeof thought.passed === 'boolean'

const agent = await { robot: openRobot, human: openPerson, ai: openThinker }[settings.kind]()
agent.on('ready', () => console.log('ready'))
process.once('SIGTERM', () => void agent.close({ abort: true }).then(() => process.exit(0)))
