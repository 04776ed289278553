import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'

/** Where Node keeps what it has compiled, as a gateway's own start does. */
const COMPILE_CACHE = fileURLToPath(new URL('../../node_modules/.cache/compiled', import.meta.url))

/** Runs a script of this folder in a process of its own and gives the one line of JSON that it prints. */
export const runChild = async (script: string, words: readonly string[], flags: readonly string[] = []): Promise<unknown> => {
  const path = fileURLToPath(new URL(script, import.meta.url))
  const child = spawn(process.execPath, [...flags, path, ...words], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, NODE_COMPILE_CACHE: COMPILE_CACHE },
  })
  let output = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    output += text
  })
  const code = await new Promise<number | null>((resolve) => child.on('close', resolve))
  if (code !== 0) throw new Error(`${script} ended with ${code}`)
  return JSON.parse(output)
}

/** That member of what a child printed. */
export const numberIn = (told: unknown, member: string): number => {
  const value: unknown = typeof told === 'object' && told !== null && member in told ? Reflect.get(told, member) : undefined
  if (typeof value !== 'number') throw new TypeError(`the child told no ${member}`)
  return value
}
