/** How a measurement is told: to a program as a line of JSON, to people as a paragraph whose figures stand under each other. */
import type { Measurement } from './measurement.ts'

const NAME_WIDTH = 20
const VALUE_WIDTH = 12
const UNIT_WIDTH = 16
const SIGNIFICANT_DIGITS = 4

export const asJson = ({ name, value, unit, ratio, against }: Measurement): string => JSON.stringify({ name, value, unit, ratio, against })

export const asText = ({ name, value, unit, ratio, against, detail }: Measurement): string => {
  const figures = `${name.padEnd(NAME_WIDTH)}${figure(value).padStart(VALUE_WIDTH)} ${unit.padEnd(UNIT_WIDTH)}× ${figure(ratio)}`
  const indent = ' '.repeat(NAME_WIDTH)
  return `${figures}\n${indent}against ${against}\n${indent}${detail}`
}

const figure = (value: number): string => value.toLocaleString('en', { maximumSignificantDigits: SIGNIFICANT_DIGITS })
