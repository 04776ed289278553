/** The value-lifecycle definitions, each to its end, through its compensation, and past the times it allows. */
import { shippedDefinitions } from '@holdfast/shared/system'
import { describe, expect, test } from 'vitest'
import { type Cast, NEVER, Rehearsal } from './rehearsal.ts'

const DAY = 86_400_000
const MINUTE = 60_000
const OPPORTUNITIES = { opportunities: ['cross-sell', 'renewal'] }

const rehearse = (name: string, cast: Cast = {}): Promise<Rehearsal> => Rehearsal.open(shippedDefinitions([name]), cast)

describe('DEF-7 opportunity-discovery', () => {
  const input = { portfolio: 'p-1', threshold: 0.8, sources: [{ source: 'crm' }, { source: 'market' }] }
  const found: Cast = {
    'generate-opportunities': OPPORTUNITIES,
    'score-opportunities': { confidence: 0.9 },
    'register-opportunities': { id: 'r-1' },
  }

  test('registers what it is confident of, asking nobody', async () => {
    const rehearsal = await rehearse('opportunity-discovery', found)
    const { state } = await rehearsal.ended(await rehearsal.start('opportunity-discovery', input))
    expect(state).toMatchObject({ status: 'completed', output: { ...OPPORTUNITIES, confidence: 0.9, registered: { id: 'r-1' } } })
    expect(rehearsal.played).toEqual([
      ...['collect-signals', 'collect-signals', 'analyse-signals', 'generate-opportunities', 'score-opportunities'],
      ...['register-opportunities', 'notify'],
    ])
  })

  test('what it doubts waits for a value lead', async () => {
    const rehearsal = await rehearse('opportunity-discovery', { ...found, 'score-opportunities': { confidence: 0.5 } })
    const workflow = await rehearsal.start('opportunity-discovery', input)
    await rehearsal.until(workflow, 'review', 'running')
    expect(rehearsal.played).not.toContain('register-opportunities')
    await rehearsal.approve(workflow, 'review', 'value-lead', 'vera')
    expect((await rehearsal.ended(workflow)).state.status).toBe('completed')
  })

  test('DEF-8 its stages tell how far the discovery is', async () => {
    const rehearsal = await rehearse('opportunity-discovery', { ...found, 'score-opportunities': { confidence: 0.5 } })
    const workflow = await rehearsal.start('opportunity-discovery', input)
    expect((await rehearsal.until(workflow, 'review', 'running')).stage).toBe('manual_review')
    await rehearsal.approve(workflow, 'review', 'value-lead', 'vera')
    expect((await rehearsal.ended(workflow)).state.stage).toBe('registered')
    const withdrawn = await rehearse('opportunity-discovery', { ...found, notify: 'unreachable' })
    expect((await withdrawn.ended(await withdrawn.start('opportunity-discovery', input))).state.stage).toBe('withdrawn')
  })

  test('a source that stumbles is tried again five times, as aggressive says', async () => {
    const stumbling = { ...found, 'collect-signals': ['network', 'network', 'network', 'network', {}] }
    const rehearsal = await rehearse('opportunity-discovery', stumbling)
    const { state } = await rehearsal.ended(await rehearsal.start('opportunity-discovery', { ...input, sources: [{ source: 'crm' }] }))
    expect(state.status).toBe('completed')
  })

  test('what can not be told to the owner is withdrawn, and every source released', async () => {
    const rehearsal = await rehearse('opportunity-discovery', { ...found, notify: 'unreachable' })
    const { state } = await rehearsal.ended(await rehearsal.start('opportunity-discovery', input))
    expect(state.status).toBe('failed')
    expect(rehearsal.played.slice(-3)).toEqual(['withdraw-opportunities', 'release-source', 'release-source'])
  })

  test('an analysis without end is given up after its quarter of an hour, each try', async () => {
    const rehearsal = await rehearse('opportunity-discovery', { ...found, 'analyse-signals': NEVER })
    const { state } = await rehearsal.ended(await rehearsal.start('opportunity-discovery', input))
    expect([state.status, state.turnedBack?.error.code]).toEqual(['failed', 'timeout'])
    expect(rehearsal.now).toBeGreaterThan(3 * 15 * MINUTE)
    expect(rehearsal.now).toBeLessThan(4 * 15 * MINUTE)
    expect(rehearsal.played.slice(-2)).toEqual(['release-source', 'release-source'])
  })
})

describe('DEF-7 target-value-commit', () => {
  const input = { opportunity: 'cross-sell', owner: 'olga', currency: 'EUR' }
  const model = { low: 80, target: 100, high: 130, cost: 20 }
  const cast: Cast = { 'model-value': model, 'record-commitment': { commitment: 'c-1' }, 'reserve-budget': { budget: 'b-1' } }

  test('commits a target that two people agreed to', async () => {
    const rehearsal = await rehearse('target-value-commit', cast)
    const workflow = await rehearsal.start('target-value-commit', input)
    await rehearsal.until(workflow, 'agree', 'running')
    await rehearsal.approve(workflow, 'agree', 'value-owner', 'olga')
    await rehearsal.pass(DAY)
    expect(rehearsal.played).not.toContain('reserve-budget')
    await rehearsal.approve(workflow, 'agree', 'value-owner', 'otto')
    expect((await rehearsal.ended(workflow)).state).toMatchObject({ status: 'completed', output: { commitment: 'c-1', target: 100 } })
  })

  test('one that can not be announced is withdrawn before its budget is released', async () => {
    const rehearsal = await rehearse('target-value-commit', { ...cast, notify: 'unreachable' })
    const workflow = await rehearsal.start('target-value-commit', input)
    await rehearsal.until(workflow, 'agree', 'running')
    await rehearsal.approve(workflow, 'agree', 'value-owner', 'olga', 'otto')
    expect((await rehearsal.ended(workflow)).state.status).toBe('failed')
    expect(rehearsal.played.slice(-4)).toEqual(['reserve-budget', 'record-commitment', 'withdraw-commitment', 'release-budget'])
  })

  test('without agreement nothing is reserved: rejected, or nobody answers for five days', async () => {
    const rejected = await rehearse('target-value-commit', cast)
    const workflow = await rejected.start('target-value-commit', input)
    await rejected.until(workflow, 'agree', 'running')
    await rejected.put(workflow, { type: 'approve', step: 'agree', approved: false, comment: 'too high', roles: ['value-owner'] })
    expect((await rejected.ended(workflow)).state.turnedBack?.error.code).toBe('rejected')
    const unanswered = await rehearse('target-value-commit', cast)
    expect((await unanswered.ended(await unanswered.start('target-value-commit', input))).state.turnedBack?.error.code).toBe('timeout')
    expect(unanswered.now).toBeGreaterThan(5 * DAY)
    expect([...rejected.played, ...unanswered.played]).not.toContain('reserve-budget')
  })

  test('a model whose target lies outside its own bounds does not count', async () => {
    const rehearsal = await rehearse('target-value-commit', { ...cast, 'model-value': { ...model, target: 500 } })
    expect((await rehearsal.ended(await rehearsal.start('target-value-commit', input))).state.status).toBe('failed')
  })
})

describe('DEF-7 realization-tracking', () => {
  const input = { commitment: 'c-1', target: 100, indicators: [{ indicator: 'revenue' }, { indicator: 'churn' }] }
  const cast: Cast = { 'assess-realization': { realized: 95 }, 'publish-report': { report: 'r-1' }, 'plan-correction': { plan: 'x' } }

  test('on course it only reports', async () => {
    const rehearsal = await rehearse('realization-tracking', cast)
    const { state } = await rehearsal.ended(await rehearsal.start('realization-tracking', input))
    expect(state).toMatchObject({ status: 'completed', output: { realized: 95, report: { report: 'r-1' } } })
    expect(rehearsal.played).not.toContain('plan-correction')
  })

  test('off course, by the tolerance given or a tenth, somebody plans a correction first', async () => {
    for (const [tolerance, realized, corrected] of [
      [undefined, 89, true],
      [0.2, 85, false],
      [0.01, 95, true],
    ] as const) {
      const rehearsal = await rehearse('realization-tracking', { ...cast, 'assess-realization': { realized } })
      const given = tolerance === undefined ? input : { ...input, tolerance }
      expect((await rehearsal.ended(await rehearsal.start('realization-tracking', given))).state.status).toBe('completed')
      expect([tolerance, rehearsal.played.includes('plan-correction')]).toEqual([tolerance, corrected])
    }
  })

  test('a report that nobody hears of is retracted, the correction dropped, the period discarded', async () => {
    const rehearsal = await rehearse('realization-tracking', { ...cast, 'assess-realization': { realized: 10 }, notify: 'unreachable' })
    expect((await rehearsal.ended(await rehearsal.start('realization-tracking', input))).state.status).toBe('failed')
    expect(rehearsal.played.slice(-3)).toEqual(['retract-report', 'drop-correction', 'discard-period'])
  })

  test('a correction nobody plans within two days fails, and is not tried again', async () => {
    const rehearsal = await rehearse('realization-tracking', { ...cast, 'assess-realization': { realized: 10 }, 'plan-correction': NEVER })
    expect((await rehearsal.ended(await rehearsal.start('realization-tracking', input))).state.turnedBack?.error.code).toBe('timeout')
    expect(Math.floor(rehearsal.now / DAY)).toBe(2)
    expect(rehearsal.played.at(-1)).toBe('discard-period')
  })
})

describe('DEF-7 expansion-modelling', () => {
  const input = { account: 'acme', segments: [{ segment: 'retail' }, { segment: 'health' }] }
  const cast: Cast = {
    'model-expansion': (job) => ({ value: 10, of: JSON.stringify(job) }),
    'stress-models': { holding: [1] },
    'select-model': { model: 1 },
    'book-pipeline': { booking: 'b-1' },
  }

  test('models each segment and books the one that holds', async () => {
    const rehearsal = await rehearse('expansion-modelling', cast)
    const { state } = await rehearsal.ended(await rehearsal.start('expansion-modelling', input))
    expect(state).toMatchObject({ status: 'completed', output: { model: { model: 1 }, booking: { booking: 'b-1' } } })
    expect(rehearsal.played.filter((each) => each === 'model-expansion')).toHaveLength(2)
  })

  test('a booking nobody takes over is undone', async () => {
    const rehearsal = await rehearse('expansion-modelling', { ...cast, 'hand-over': 'refused' })
    expect((await rehearsal.ended(await rehearsal.start('expansion-modelling', input))).state.status).toBe('failed')
    expect(rehearsal.played.slice(-2)).toEqual(['book-pipeline', 'unbook-pipeline'])
  })

  test('where nothing holds under stress nothing is booked', async () => {
    const rehearsal = await rehearse('expansion-modelling', { ...cast, 'stress-models': { holding: [] } })
    expect((await rehearsal.ended(await rehearsal.start('expansion-modelling', input))).state.status).toBe('failed')
    expect(rehearsal.played).not.toContain('book-pipeline')
  })

  test('a model is tried twice, as conservative says, within twenty minutes each', async () => {
    const rehearsal = await rehearse('expansion-modelling', { ...cast, 'model-expansion': NEVER })
    expect((await rehearsal.ended(await rehearsal.start('expansion-modelling', input))).state.status).toBe('failed')
    expect(rehearsal.now).toBeGreaterThan(40 * MINUTE)
    expect(rehearsal.now).toBeLessThan(45 * MINUTE)
  })
})

describe('DEF-7 integrity-and-compliance', () => {
  const input = { subject: 'c-1', controls: [{ control: 'access' }, { control: 'ledger' }] }
  const cast: Cast = { 'check-control': { compliant: true }, 'seal-evidence': { evidence: 'e-1' }, 'file-report': { report: 'r-1' } }
  const officers = ['cleo', 'carl'] as const

  test('without findings two officers attest, and the report is filed', async () => {
    const rehearsal = await rehearse('integrity-and-compliance', cast)
    const workflow = await rehearsal.start('integrity-and-compliance', input)
    await rehearsal.until(workflow, 'attest', 'running')
    await rehearsal.approve(workflow, 'attest', 'compliance-officer', ...officers)
    const { state } = await rehearsal.ended(workflow)
    expect(state).toMatchObject({ status: 'completed', output: { checked: 2, evidence: { evidence: 'e-1' }, report: { report: 'r-1' } } })
    expect(rehearsal.played).not.toContain('remedy-findings')
  })

  test('findings are remedied first; what can not be filed is unsealed, reverted and unfrozen', async () => {
    const broken: Cast = {
      ...cast,
      'check-control': [{ compliant: true }, { compliant: false, control: 'ledger' }],
      'file-report': 'refused',
    }
    const rehearsal = await rehearse('integrity-and-compliance', broken)
    const workflow = await rehearsal.start('integrity-and-compliance', input)
    await rehearsal.until(workflow, 'attest', 'running')
    await rehearsal.approve(workflow, 'attest', 'compliance-officer', ...officers)
    expect((await rehearsal.ended(workflow)).state.status).toBe('failed')
    expect(rehearsal.played).toEqual([
      ...['freeze-records', 'check-control', 'check-control', 'remedy-findings', 'seal-evidence'],
      ...['unseal-evidence', 'revert-remedy', 'unfreeze-records'],
    ])
  })

  test('only officers attest, and not the same one twice', async () => {
    const rehearsal = await rehearse('integrity-and-compliance', cast)
    const workflow = await rehearsal.start('integrity-and-compliance', input)
    await rehearsal.until(workflow, 'attest', 'running')
    await expect(rehearsal.approve(workflow, 'attest', 'value-owner', 'olga')).rejects.toThrow('approve')
    await rehearsal.approve(workflow, 'attest', 'compliance-officer', 'cleo')
    await rehearsal.pass(DAY)
    expect(rehearsal.played).not.toContain('seal-evidence')
  })
})

const LIFECYCLE = {
  portfolio: 'p-1',
  owner: 'olga',
  account: 'acme',
  currency: 'EUR',
  threshold: 0.8,
  sources: [{ source: 'crm' }],
  indicators: [{ indicator: 'revenue' }],
  segments: [{ segment: 'retail' }],
  controls: [{ control: 'access' }],
}
const WHOLE: Cast = {
  'generate-opportunities': OPPORTUNITIES,
  'score-opportunities': { confidence: 0.9 },
  'model-value': { low: 80, target: 100, high: 130, cost: 20 },
  'record-commitment': { commitment: 'c-1' },
  'assess-realization': { realized: 95 },
  'model-expansion': { value: 10 },
  'stress-models': { holding: [1] },
  'book-pipeline': { booking: 'b-1' },
  'check-control': { compliant: true },
  'file-report': { report: 'r-1' },
}

/** People answer what they are asked, wherever among the children it is. */
const answerAll = async (rehearsal: Rehearsal): Promise<void> => {
  for (let days = 0; days < 3; days += 1) {
    await rehearsal.pass(DAY)
    for (const { id, definition } of await rehearsal.open()) {
      if (definition.name === 'target-value-commit') await rehearsal.approveIfAsked(id, 'agree', 'value-owner', 'olga', 'otto')
      if (definition.name === 'integrity-and-compliance') await rehearsal.approveIfAsked(id, 'attest', 'compliance-officer', 'cleo', 'carl')
    }
  }
}

const STAGES = ['opportunity-discovery', 'target-value-commit', 'realization-tracking', 'expansion-modelling', 'integrity-and-compliance']

describe.each(['complete-lifecycle', 'parallel-lifecycle'])('DEF-7 %s', (name) => {
  const begin = async (cast: Cast) => {
    const rehearsal = await rehearse(name, cast)
    const workflow = await rehearsal.start(name, LIFECYCLE)
    await answerAll(rehearsal)
    return { rehearsal, ended: await rehearsal.ended(workflow) }
  }

  test('runs every stage as a workflow of its own, to the end', async () => {
    const { rehearsal, ended } = await begin(WHOLE)
    expect(ended.state).toMatchObject({
      status: 'completed',
      output: { commitment: 'c-1', realized: 95, booking: { booking: 'b-1' }, report: { report: 'r-1' } },
    })
    const others = (await rehearsal.summaries()).filter(({ definition }) => definition.name !== name)
    expect(others.map(({ definition, status }) => `${definition.name} ${status}`).toSorted()).toEqual(
      STAGES.map((stage) => `${stage} completed`).toSorted(),
    )
    expect(rehearsal.played.at(-1)).toBe('close-lifecycle')
  })

  test('what can not be closed is undone, stage by stage, each with its own compensation', async () => {
    const { rehearsal, ended } = await begin({ ...WHOLE, 'close-lifecycle': 'refused' })
    expect(ended.state.status).toBe('failed')
    const undone = rehearsal.played.slice(rehearsal.played.indexOf('file-report') + 1)
    expect(undone.filter((each) => each !== 'consolidate-value').toSorted()).toEqual(
      [
        ...(name === 'parallel-lifecycle' ? ['discard-consolidation'] : []),
        ...['unseal-evidence', 'unfreeze-records', 'unbook-pipeline', 'retract-report', 'discard-period'],
        ...['withdraw-commitment', 'release-budget', 'withdraw-opportunities', 'release-source'],
      ].toSorted(),
    )
    expect(undone.indexOf('withdraw-opportunities')).toBeGreaterThan(undone.indexOf('release-budget'))
    expect(undone.at(-1)).toBe('release-source')
  })

  test('a stage that fails for good takes back what went before, and nothing after it begins', async () => {
    const { rehearsal, ended } = await begin({ ...WHOLE, 'reserve-budget': 'refused' })
    expect(ended.state.status).toBe('failed')
    expect(rehearsal.played).not.toContain('open-period')
    expect(rehearsal.played.slice(-2)).toEqual(['withdraw-opportunities', 'release-source'])
  })
})
