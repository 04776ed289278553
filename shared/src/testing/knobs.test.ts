import { describe, expect, test } from 'vitest'
import { drawKnobs, drawSkew, type Family, KNOB_RANGES, type KnobName, linkConditionsOf, storeFaultsOf } from './knobs.ts'
import { Prng } from './prng.ts'
import { CALM } from './sim-link.ts'

const drawn = Array.from({ length: 2_000 }, (_, seed) => drawKnobs(new Prng(seed)))
const names = Object.keys(KNOB_RANGES) as KnobName[]

describe('knobs', () => {
  test('each knob is off with its family and within its range otherwise', () => {
    for (const { families, values } of drawn) {
      for (const name of names) {
        const { family, off, low, high } = KNOB_RANGES[name]
        if (!families.has(family)) expect(values[name], name).toBe(off)
        else expect(values[name] >= low && values[name] <= high, `${name} ${values[name]}`).toBe(true)
      }
    }
  })

  test('a tenth of the seeds is calm, a twentieth has one family only', () => {
    const share = (mode: string) => drawn.filter((knobs) => knobs.mode === mode).length / drawn.length
    expect(share('calm')).toBeGreaterThan(0.08)
    expect(share('calm')).toBeLessThan(0.12)
    expect(share('single')).toBeGreaterThan(0.035)
    expect(share('single')).toBeLessThan(0.065)
    for (const { mode, families } of drawn) {
      if (mode === 'calm') expect(families.size).toBe(0)
      if (mode === 'single') expect(families.size).toBe(1)
    }
  })

  test('every family is on in some seeds and off in others', () => {
    for (const family of new Set(names.map((name): Family => KNOB_RANGES[name].family))) {
      const on = drawn.filter(({ families }) => families.has(family)).length
      expect(on, family).toBeGreaterThan(0)
      expect(on, family).toBeLessThan(drawn.length)
    }
  })

  test('the same seed draws the same knobs', () => {
    expect(drawKnobs(new Prng(5))).toEqual(drawn[5])
  })

  test('a calm seed has a calm network, a sound disk and true clocks', () => {
    const calm = drawn.find(({ mode }) => mode === 'calm')!
    expect(linkConditionsOf(calm)).toEqual(CALM)
    expect(storeFaultsOf(calm)).toEqual({ minSyncMs: 0, maxSyncMs: 0, diskFull: 0, unknownOutcome: 0 })
    const { driftPpm, offsetMs } = drawSkew(new Prng(1), calm)
    expect([Math.abs(driftPpm), Math.abs(offsetMs)]).toEqual([0, 0])
  })
})
