/**
 * What the graph checks need of a definition, taken from any JSON that resembles one. What is malformed is left out, being the schema's to
 * report; so the graph of a definition with a mistyped field is checked all the same, and an author sees everything at once.
 */
import { isJsonObject, type Json, type JsonObject } from '../values/json.ts'
import { flattenWork } from './flatten.ts'
import { type SketchedLifecycle, sketchLifecycle } from './sketch-lifecycle.ts'
import { mappingAt, members, objectOf, type Placed, placed, textAt, textOf } from './sketch-parts.ts'
import { impliedLinks } from './sugar.ts'

export interface SketchedStep {
  readonly id: string
  readonly type: string | undefined
  readonly waitsForTime: boolean
  /** Its ways on are given as cases. */
  readonly hasCases: boolean
  readonly join: number | undefined
  /** Names its own mapping gives. */
  readonly inputs: ReadonlySet<string>
}

export interface SketchedLink {
  readonly path: string
  /** Where its target is named. */
  readonly toPath: string
  readonly from: string
  readonly to: string
  readonly trigger: string
  readonly sourcePort: string | undefined
  readonly targetPort: string | undefined
  /** Equal for links that are the same in all they say. */
  readonly identity: string
}

export interface Sketch {
  readonly steps: readonly SketchedStep[]
  readonly numberOf: ReadonlyMap<string, number>
  readonly links: readonly SketchedLink[]
  readonly compensations: readonly string[]
  readonly compensates: readonly Placed[]
  readonly pointOfNoReturn: string | undefined
  readonly shares: readonly Placed[]
  readonly recoversTo: readonly Placed[]
  readonly expressions: readonly Placed[]
  readonly inputSchema: JsonObject | undefined
  /** Names of signals that steps wait for. */
  readonly signals: ReadonlySet<string>
  readonly lifecycle: SketchedLifecycle | undefined
}

export const sketchOf = (json: Json): Sketch => {
  const flat = flattenWork(json)
  const root = isJsonObject(flat) ? flat : {}
  const steps = members(root.steps)
  const links = Array.isArray(root.links) ? root.links.map((link: Json, index) => [`links.${index}`, objectOf(link)] as const) : []
  const implied = steps.flatMap(([id, step]) => impliedOf(id, step))
  const compensations = members(root.compensations)
  const cancel = objectOf(root.cancel)
  return {
    steps: steps.map(([id, step]) => stepOf(id, step)),
    numberOf: new Map(steps.map(([id], number) => [id, number])),
    links: [...links.flatMap(([path, link]) => linkOf(path, link)), ...implied],
    compensations: compensations.map(([id]) => id),
    compensates: steps.flatMap(([id, step]) => [
      ...textAt(`steps.${id}`, step, 'compensate'),
      ...textAt(`steps.${id}.each`, objectOf(step.each), 'compensate'),
    ]),
    pointOfNoReturn: textOf(cancel.pointOfNoReturn),
    recoversTo: textAt('recovery', objectOf(root.recovery), 'to'),
    shares: Array.isArray(root.shares) ? root.shares.flatMap((id: Json, index) => placed(`shares.${index}`, id)) : [],
    expressions: [
      ...steps.flatMap(([id, step]) => stepExpressions(`steps.${id}`, step)),
      ...compensations.flatMap(([id, step]) => attemptExpressions(`compensations.${id}`, step)),
      ...links.flatMap(([path, link]) => textAt(path, link, 'when')),
      ...mappingAt('output', root.output),
      ...(Array.isArray(root.guards)
        ? root.guards.flatMap((guard: Json, index) => textAt(`guards.${index}`, objectOf(guard), 'require'))
        : []),
      ...mappingAt('cancel.late.start.input', objectOf(objectOf(cancel.late).start).input),
    ],
    inputSchema: isJsonObject(root.inputSchema) ? root.inputSchema : undefined,
    signals: new Set(steps.flatMap(([, step]) => textOf(objectOf(step.on).signal) ?? [])),
    lifecycle: isJsonObject(root.lifecycle) ? sketchLifecycle(root.lifecycle) : undefined,
  }
}

const stepOf = (id: string, step: JsonObject): SketchedStep => ({
  id,
  type: textOf(step.type),
  waitsForTime: objectOf(step.on).kind === 'time',
  hasCases: step.cases !== undefined || step.otherwise !== undefined,
  join: typeof step.join === 'number' ? step.join : undefined,
  inputs: new Set(Object.keys(objectOf(step.input))),
})

const linkOf = (path: string, link: JsonObject): readonly SketchedLink[] => {
  const from = textOf(link.from)
  const to = textOf(link.to)
  if (from === undefined || to === undefined) return []
  const trigger = textOf(link.trigger) ?? 'complete'
  const sourcePort = textOf(link.sourcePort)
  const targetPort = textOf(link.targetPort)
  const identity = JSON.stringify([from, to, trigger, link.when, sourcePort, targetPort])
  return [{ path, toPath: `${path}.to`, from, to, trigger, sourcePort, targetPort, identity }]
}

const impliedOf = (id: string, step: JsonObject): readonly SketchedLink[] => {
  const fallback = textOf(step.fallback)
  const ways = impliedLinks(id, {
    ...(step.otherwise === undefined ? {} : { otherwise: textOf(step.otherwise) ?? '' }),
    cases: casesOf(step).map((one) => ({ when: textOf(one.when) ?? '', to: textOf(one.to) ?? '' })),
    ...(fallback === undefined ? {} : { fallback }),
  })
  return ways.flatMap(({ said, link: { to, trigger, when } }): SketchedLink[] => {
    const path = `steps.${id}.${said}`
    const identity = JSON.stringify([id, to, trigger, when])
    const toPath = said.startsWith('cases') ? `${path}.to` : path
    return to === '' ? [] : [{ path, toPath, from: id, to, trigger, sourcePort: undefined, targetPort: undefined, identity }]
  })
}

const casesOf = (step: JsonObject): readonly JsonObject[] => (Array.isArray(step.cases) ? step.cases.map((one: Json) => objectOf(one)) : [])

const stepExpressions = (path: string, step: JsonObject): readonly Placed[] => [
  ...attemptExpressions(path, step),
  ...textAt(path, step, 'over'),
  ...textAt(path, step, 'barrier'),
  ...casesOf(step).flatMap((one, index) => textAt(`${path}.cases.${index}`, one, 'when')),
  ...textAt(`${path}.on`, objectOf(step.on), 'facility'),
  ...textAt(`${path}.on`, objectOf(step.on), 'key'),
  ...attemptExpressions(`${path}.each`, objectOf(step.each)),
]

const attemptExpressions = (path: string, attempt: JsonObject): readonly Placed[] => [
  ...mappingAt(`${path}.input`, attempt.input),
  ...textAt(path, attempt, 'validate'),
]
