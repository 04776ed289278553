/**
 * What a contract suite needs of vitest, in a page: cases are collected under their full names and run when they are called for, each
 * by one vitest test outside. `expect` is vitest's own.
 */
import { chai, JestChaiExpect } from '@vitest/expect'

type Body = () => unknown
type Register = (name: string, body: Body) => void

const cases = new Map<string, Body>()
const path: string[] = []

export const describe = (name: string, body: Body): void => {
  path.push(name)
  body()
  path.pop()
}

const register: Register = (name, body) => {
  cases.set([...path, name].join(' > '), body)
}

export const test = Object.assign(register, { skipIf: (skips: boolean): Register => (skips ? () => {} : register) })

chai.use(JestChaiExpect)
export const { expect } = chai

export const caseNames = (): readonly string[] => [...cases.keys()]

export const runCase = async (name: string): Promise<void> => {
  const body = cases.get(name)
  if (body === undefined) throw new Error(`no case ${name}`)
  try {
    await body()
  } catch (error) {
    throw told(error)
  }
}

/** Only an error's own text gets out of the page, so it takes in the text of its causes. */
const told = (error: unknown): unknown => {
  if (!(error instanceof Error) || error.cause === undefined) return error
  return new Error(`${error.message}\ncaused by ${told(error.cause)}`)
}
