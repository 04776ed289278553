/** Code for a page, bundled in memory from its source; what it knows as vitest is the stand-in beside it. */
import { fileURLToPath } from 'node:url'
import { build } from 'vite'

const STAND_IN = fileURLToPath(new URL('../browser/page/vitest.ts', import.meta.url))

export const bundlePage = async (entry: URL): Promise<string> => {
  const built = await build({
    configFile: false,
    logLevel: 'warn',
    // Without the condition `browser`, Automerge comes with its WebAssembly as text: one script is all that a page is given.
    resolve: { alias: { vitest: STAND_IN }, conditions: ['module', 'import'] },
    build: {
      write: false,
      minify: false,
      target: 'esnext',
      modulePreload: false,
      rolldownOptions: { input: fileURLToPath(entry), output: { codeSplitting: false } },
    },
  })
  for (const output of 'output' in built ? built.output : []) if (output.type === 'chunk') return output.code
  throw new Error(`${entry.pathname} gave no script`)
}
