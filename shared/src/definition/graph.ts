/**
 * Checks of a definition's graph before it is registered (DEF-2), all in time linear in steps and links:
 *
 *   unknown-step  cycle  no-entry  no-terminal  unreachable-step (warning)  duplicate-link  bad-join
 *   bad-port  bad-choice  bad-fallback  bad-compensation  unused-compensation (warning)  bad-point-of-no-return
 */
import type { DefinitionProblem } from './definition.ts'
import { didYouMean } from './nearest.ts'
import { orderOf } from './order.ts'
import { parallelLinks } from './parallel.ts'
import { problem, warning } from './problem.ts'
import type { Sketch, SketchedLink, SketchedStep } from './sketch.ts'

export const checkGraph = (sketch: Sketch): readonly DefinitionProblem[] => {
  const graph = graphOf(sketch)
  return [
    ...unknownSteps(sketch, graph),
    ...duplicateLinks(sketch, graph),
    ...ends(graph),
    ...cycles(graph),
    ...joins(graph),
    ...ports(graph),
    ...choices(graph),
    ...compensations(sketch),
    ...pointOfNoReturn(sketch),
  ]
}

/** A link whose both ends exist. */
interface Edge {
  readonly link: SketchedLink
  readonly from: number
  readonly to: number
}

interface Graph {
  readonly steps: readonly SketchedStep[]
  readonly edges: readonly Edge[]
  /** The ends of the edges, in their order. */
  readonly from: Uint32Array
  readonly to: Uint32Array
  readonly incoming: Uint32Array
  readonly outgoing: Uint32Array
}

const graphOf = (sketch: Sketch): Graph => {
  const edges: Edge[] = []
  for (const link of sketch.links) {
    const from = sketch.numberOf.get(link.from)
    const to = sketch.numberOf.get(link.to)
    if (from !== undefined && to !== undefined) edges.push({ link, from, to })
  }
  const from = endsOf(edges, 'from')
  const to = endsOf(edges, 'to')
  const { steps } = sketch
  return { steps, edges, from, to, incoming: countOf(steps.length, to), outgoing: countOf(steps.length, from) }
}

const endsOf = (edges: readonly Edge[], end: 'from' | 'to'): Uint32Array => {
  const numbers = new Uint32Array(edges.length)
  for (const [place, edge] of edges.entries()) numbers[place] = edge[end]
  return numbers
}

const countOf = (steps: number, ends: Uint32Array): Uint32Array => {
  const count = new Uint32Array(steps)
  for (const step of ends) count[step] = (count[step] ?? 0) + 1
  return count
}

/** Every link of the sketch became an edge: finding a step by its name takes most of the time, so it is done once. */
const areAllKnown = ({ links }: Sketch, { edges }: Graph): boolean => edges.length === links.length

const unknownSteps = (sketch: Sketch, graph: Graph): DefinitionProblem[] => {
  const { links, shares, recoversTo, numberOf } = sketch
  const named = (areAllKnown(sketch, graph) ? [] : links).flatMap(({ path, from, to, toPath }) => [
    { path: `${path}.from`, text: from },
    { path: toPath, text: to },
  ])
  return [...named, ...shares, ...recoversTo]
    .filter(({ text }) => !numberOf.has(text))
    .map(({ path, text }) => problem(codeAt(path), path, `there is no step "${text}"${didYouMean(text, numberOf.keys())}`))
}

const codeAt = (path: string): string => (/^steps\.[^.]+\.fallback$/.test(path) ? 'bad-fallback' : 'unknown-step')

const duplicateLinks = (sketch: Sketch, graph: Graph): DefinitionProblem[] => {
  const seen = new Map<string, string>()
  return (areAllKnown(sketch, graph) ? parallels(graph) : sketch.links).flatMap((link) => {
    const first = seen.get(link.identity)
    seen.set(link.identity, first ?? link.path)
    return first === undefined ? [] : [problem('duplicate-link', link.path, `says the same as ${first}: ${link.from} → ${link.to}`)]
  })
}

const parallels = ({ steps, edges, from, to }: Graph): readonly SketchedLink[] => {
  const isParallel = parallelLinks(steps.length, from, to)
  return edges.filter((_, number) => isParallel[number] === 1).map(({ link }) => link)
}

const ends = ({ steps, incoming, outgoing }: Graph): DefinitionProblem[] => {
  if (steps.length === 0) return [problem('no-steps', 'steps', 'a definition needs at least one step')]
  const found: DefinitionProblem[] = []
  if (!incoming.includes(0)) found.push(problem('no-entry', 'steps', 'no step can be the first: every step has an incoming link'))
  if (!outgoing.includes(0)) found.push(problem('no-terminal', 'steps', 'no step can be the last: every step has an outgoing link'))
  return found
}

/** One problem per cycle, the cycles disjoint; steps that only lie behind one are warned about. */
const cycles = ({ steps, edges, from, to }: Graph): DefinitionProblem[] => {
  const { order, level } = orderOf(steps.length, from, to)
  if (order.length === steps.length) return []
  const heldBack = (step: number): boolean => level[step] === -1
  // Whatever a cycle holds back has a link from something else held back, so walking back along these must come around.
  const behind = new Map<number, Edge>()
  for (const edge of edges) if (heldBack(edge.from) && heldBack(edge.to) && !behind.has(edge.to)) behind.set(edge.to, edge)
  const walked = new Map<number, number>()
  const inCycle = new Set<number>()
  const found: DefinitionProblem[] = []
  for (const start of behind.keys()) {
    const cycle = cycleBehind(start, behind, walked)
    if (cycle === undefined) continue
    for (const edge of cycle) inCycle.add(edge.to)
    found.push(problem('cycle', cycle[0]?.link.path ?? 'links', [...cycle.map((edge) => edge.link.from), cycle[0]?.link.from].join(' → ')))
  }
  const unreachable = steps.filter((_, step) => heldBack(step) && !inCycle.has(step))
  return [
    ...found,
    ...unreachable.map(({ id }) => warning('unreachable-step', `steps.${id}`, `"${id}" lies behind a cycle and can never start`)),
  ]
}

const cycleBehind = (start: number, behind: ReadonlyMap<number, Edge>, walked: Map<number, number>): readonly Edge[] | undefined => {
  const trail: Edge[] = []
  let step = start
  while (!walked.has(step)) {
    walked.set(step, start)
    const edge = behind.get(step)
    if (edge === undefined) return undefined
    trail.push(edge)
    step = edge.from
  }
  if (walked.get(step) !== start) return undefined
  return trail.slice(trail.findIndex((edge) => edge.to === step)).reverse()
}

const joins = ({ steps, incoming }: Graph): DefinitionProblem[] =>
  steps.flatMap(({ id, join }, step) => {
    const links = incoming[step] ?? 0
    if (join === undefined || join <= links) return []
    return [problem('bad-join', `steps.${id}.join`, `waits for ${join} links, but only ${links} lead here`)]
  })

const ports = ({ steps, edges }: Graph): DefinitionProblem[] => {
  const taken = new Map<string, string>()
  const ported = edges.filter(({ link }) => link.sourcePort !== undefined || link.targetPort !== undefined)
  return ported.flatMap(({ link, from, to }) => {
    const source = steps[from]
    const target = steps[to]
    if (source === undefined || target === undefined) return []
    const bad = (port: 'sourcePort' | 'targetPort', why: string) => problem('bad-port', `${link.path}.${port}`, why)
    const found: DefinitionProblem[] = []
    const cannotSend = link.sourcePort === undefined ? undefined : whyNotFrom(link, source)
    if (cannotSend !== undefined) found.push(bad('sourcePort', cannotSend))
    if (link.targetPort === undefined) return found
    const cannotTake = whyNotInto(link.targetPort, link, source, target)
    if (cannotTake !== undefined) found.push(bad('targetPort', cannotTake))
    const port = JSON.stringify([link.to, link.targetPort])
    const other = taken.get(port)
    if (other !== undefined) found.push(bad('targetPort', `${other} already leads into "${link.targetPort}" of "${link.to}"`))
    taken.set(port, other ?? link.path)
    return found
  })
}

const whyNotFrom = (link: SketchedLink, source: SketchedStep): string | undefined => {
  if (link.targetPort === undefined) return 'has no targetPort to travel to'
  if (source.type === 'map') return `"${source.id}" is a map; its output is a list without named members`
  return whyNoOutput(link, source)
}

const whyNoOutput = (link: SketchedLink, source: SketchedStep): string | undefined => {
  if (source.waitsForTime) return `"${source.id}" waits for a time and has no output`
  if (source.type === 'choice') return `"${source.id}" is a choice and has no output`
  return link.trigger === 'fail' ? 'a step that failed has no output' : undefined
}

const whyNotInto = (port: string, link: SketchedLink, source: SketchedStep, target: SketchedStep): string | undefined => {
  if (target.type === 'wait' || target.type === 'choice') return `"${target.id}" is a ${target.type} and takes no input`
  if (target.inputs.has(port)) return `"${target.id}" already maps an input of that name`
  return link.sourcePort === undefined ? whyNoOutput(link, source) : undefined
}

/** What a choice can lead to is said in one place, so that their order can't be misread. */
const choices = ({ steps, edges }: Graph): DefinitionProblem[] => {
  if (!steps.some(({ type, hasCases }) => type === 'choice' || hasCases)) return []
  const ways = edges.filter(({ link }) => link.trigger !== 'fail')
  const led = new Set(ways.map(({ from }) => from))
  const silent = steps.flatMap(({ id, type }, step) =>
    type !== 'choice' || led.has(step) ? [] : [problem('bad-choice', `steps.${id}`, 'leads nowhere: give it cases')],
  )
  const mixed = ways.flatMap(({ link, from }) =>
    steps[from]?.hasCases === true && link.path.startsWith('links.')
      ? [problem('bad-choice', link.path, `"${link.from}" says by its cases where it leads; make this one of them`)]
      : [],
  )
  return [...silent, ...mixed]
}

const compensations = ({ compensations: known, compensates }: Sketch): DefinitionProblem[] => {
  const used = new Set(compensates.map(({ text }) => text))
  const names = new Set(known)
  return [
    ...compensates
      .filter(({ text }) => !names.has(text))
      .map(({ path, text }) => problem('bad-compensation', path, `there is no compensation "${text}"${didYouMean(text, known)}`)),
    ...known
      .filter((name) => !used.has(name))
      .map((name) => warning('unused-compensation', `compensations.${name}`, `no step is compensated by "${name}"`)),
  ]
}

const pointOfNoReturn = ({ pointOfNoReturn: step, numberOf }: Sketch): DefinitionProblem[] =>
  step === undefined || numberOf.has(step)
    ? []
    : [problem('bad-point-of-no-return', 'cancel.pointOfNoReturn', `there is no step "${step}"${didYouMean(step, numberOf.keys())}`)]
