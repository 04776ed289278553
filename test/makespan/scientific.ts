/**
 * The layered shapes of five published scientific workflows, as Bharathi et al. (Characterization of Scientific Workflows, WORKS 2008)
 * and Juve et al. (Characterizing and Profiling Scientific Workflows, FGCS 29, 2013) describe them: astronomy, earthquakes, genomes,
 * gravitational waves, bacterial RNA. Steps of a kind take times about the means that were measured there, in seconds.
 */
import type { Shape } from './shapes.ts'
import { Workbench } from './workbench.ts'

/** Images in a row of the sky; each overlaps the one to its right and the one below. */
const MOSAIC_ROW = 10

/**
 *   project ─▶ diff (of overlapping pairs) ─▶ concat ─▶ model ─▶ background (with its own projection) ─▶ table ─▶ add ─▶ shrink ─▶ jpeg
 */
export const montage: Shape = (steps, draws) => {
  const means = { project: 1.73, diff: 0.66, concat: 143, model: 384, background: 1.72, table: 2.55, add: 282, shrink: 66, jpeg: 0.64 }
  const bench = new Workbench(means, draws)
  const images = Math.max(2, Math.floor(steps / 4))
  const projected = bench.steps('project', images)
  const pairs = projected.flatMap((image, place) => neighbours(projected, place).map((other) => [image, other]))
  const differences = bench.steps('diff', pairs.length, (place) => pairs[place] ?? [])
  const model = bench.step('model', [bench.step('concat', differences)])
  const corrected = bench.steps('background', images, (place) => [model, ...projected.slice(place, place + 1)])
  const added = bench.step('add', [bench.step('table', corrected)])
  bench.step('jpeg', [bench.step('shrink', [added])])
  return bench.graph('montage')
}

const neighbours = (images: readonly number[], place: number): readonly number[] => [
  ...((place + 1) % MOSAIC_ROW === 0 ? [] : images.slice(place + 1, place + 2)),
  ...images.slice(place + MOSAIC_ROW, place + MOSAIC_ROW + 1),
]

const SYNTHESES_PER_SITE = 40

/**   extract ─▶ synthesis (many) ─▶ zip-seis      synthesis ─▶ peak (one each) ─▶ zip-psa   */
export const cyberShake: Shape = (steps, draws) => {
  const bench = new Workbench({ extract: 110.58, synthesis: 79.47, 'zip-seis': 265.73, peak: 0.55, 'zip-psa': 195.8 }, draws)
  const syntheses = Math.max(2, Math.floor((steps * SYNTHESES_PER_SITE) / (2 * SYNTHESES_PER_SITE + 1)))
  const sites = bench.steps('extract', Math.ceil(syntheses / SYNTHESES_PER_SITE))
  const seismograms = bench.steps('synthesis', syntheses, (place) => sites.slice(place % sites.length).slice(0, 1))
  bench.step('zip-seis', seismograms)
  const peaks = bench.steps('peak', syntheses, (place) => seismograms.slice(place, place + 1))
  bench.step('zip-psa', peaks)
  return bench.graph('cybershake')
}

const CHUNKS_PER_LANE = 24
const STAGES = ['filter', 'to-sanger', 'to-bfq', 'map'] as const

/**   split ─▶ (filter ─▶ to-sanger ─▶ to-bfq ─▶ map, many) ─▶ merge, a lane; all lanes ─▶ merge ─▶ index ─▶ pileup   */
export const epigenomics: Shape = (steps, draws) => {
  const means = { split: 34.32, filter: 2.47, 'to-sanger': 0.48, 'to-bfq': 1.4, map: 201.89, merge: 11.01, index: 43.57, pileup: 55.95 }
  const bench = new Workbench(means, draws)
  const lanes = Math.max(1, Math.round(steps / (STAGES.length * CHUNKS_PER_LANE + 2)))
  const merged = Array.from({ length: lanes }, () => {
    const split = bench.step('split')
    const mapped = Array.from({ length: CHUNKS_PER_LANE }, () => STAGES.reduce((before, stage) => bench.step(stage, [before]), split))
    return bench.step('merge', mapped)
  })
  bench.step('pileup', [bench.step('index', [bench.step('merge', merged)])])
  return bench.graph('epigenomics')
}

const DETECTORS_PER_GROUP = 8

/**   template ─▶ inspiral ─▶ coincide (a group) ─▶ trigger (each of it) ─▶ inspiral ─▶ coincide   */
export const ligoInspiral: Shape = (steps, draws) => {
  const bench = new Workbench({ template: 18.14, inspiral: 460.21, coincide: 5.37, trigger: 5.11 }, draws)
  const groups = Math.max(1, Math.round(steps / (4 * DETECTORS_PER_GROUP + 2)))
  for (let group = 0; group < groups; group += 1) {
    const templates = bench.steps('template', DETECTORS_PER_GROUP)
    const first = bench.step(
      'coincide',
      templates.map((template) => bench.step('inspiral', [template])),
    )
    const triggers = bench.steps('trigger', DETECTORS_PER_GROUP, () => [first])
    bench.step(
      'coincide',
      triggers.map((trigger) => bench.step('inspiral', [trigger])),
    )
  }
  return bench.graph('ligo-inspiral')
}

const PATSERS = 20
const STEPS_PER_REPLICON = PATSERS + 12

/**
 *   patser (many) ─▶ concat ────────────────────────────────────────────────▶ annotate
 *   transterm, findterm, rna-motif, blast ─▶ srna ─▶ parse ─▶ paralogues, synteny ─▶ annotate
 *                                              └──▶ candidate, qrna ───────────────▶ annotate
 */
export const sipht: Shape = (steps, draws) => {
  const bench = new Workbench(SIPHT_MEANS, draws)
  const replicons = Math.max(1, Math.round(steps / STEPS_PER_REPLICON))
  for (let replicon = 0; replicon < replicons; replicon += 1) {
    const concatenated = bench.step('concat', bench.steps('patser', PATSERS))
    const searches = ['transterm', 'findterm', 'rna-motif', 'blast'].map((kind) => bench.step(kind))
    const srna = bench.step('srna', searches)
    const parsed = bench.step('parse', [srna])
    const compared = [
      bench.step('synteny', [parsed]),
      bench.step('paralogues', [parsed]),
      bench.step('candidate', [srna]),
      bench.step('qrna', [srna]),
    ]
    bench.step('annotate', [concatenated, ...compared])
  }
  return bench.graph('sipht')
}

const SIPHT_MEANS = {
  patser: 0.96,
  concat: 0.03,
  transterm: 32.41,
  findterm: 594.94,
  'rna-motif': 25.69,
  blast: 3311.12,
  srna: 12.44,
  parse: 0.73,
  synteny: 3.37,
  paralogues: 0.68,
  candidate: 0.6,
  qrna: 440.88,
  annotate: 0.14,
}

export const SCIENTIFIC: readonly Shape[] = [montage, cyberShake, epigenomics, ligoInspiral, sipht]
