/** The house rules that no compiler and no linter checks; when a rule and the house disagree, one of them is wrong. */
import { execFileSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { ROOT } from '../support/folder.ts'

/** Everything that is or would be committed. */
const FILES = execFileSync('git', ['ls-files', '-co', '--exclude-standard', '-z'], { cwd: ROOT, encoding: 'utf8' })
  .split('\0')
  .filter((file) => file !== '' && existsSync(join(ROOT, file)))

const textOf = (file: string): string => readFileSync(join(ROOT, file), 'utf8')

const SOURCES = FILES.filter((file) => /\.(ts|tsx|mjs)$/.test(file))
const isTest = (file: string): boolean => /\.test\.tsx?$/.test(file)
const isConfig = (file: string): boolean => /\.config\.ts$/.test(file)

/** The rooms of shared in their order: a room imports only rooms before it. */
const ROOMS = [
  'values',
  'policy',
  'agent-protocol',
  'definition',
  'allocation',
  'coordination',
  'workflow',
  'conflict',
  'consistency',
  'document',
  'link',
  'ports',
  'engine',
]
/** Below the line: the world. */
const WORLD = ['store', 'http', 'testing', 'system']

const offenders = (files: readonly string[], offends: (text: string, file: string) => boolean): readonly string[] =>
  files.filter((file) => offends(textOf(file), file))

describe('files', () => {
  test('are short enough to be read in one sitting', () => {
    const long = SOURCES.filter((file) => !isTest(file) && textOf(file).split('\n').length > 301)
    expect(long).toEqual([])
  })

  test('have names in kebab case', () => {
    const free = new Set(['README.md', 'ARCHITECTURE.md', 'SPEC.md', 'LICENSE', 'NOTICE'])
    const odd = FILES.filter((file) => !free.has(basename(file)) && !/^\.?[a-z0-9]+([-.][a-z0-9]+)*$/.test(basename(file)))
    expect(odd).toEqual([])
  })

  test('say nothing of the machine or the registry they were written on', () => {
    const forbidden = [/(^|[\s'"`(])\/(work|root|home)\//m, /registry\.npmjs|npmmirror|verdaccio|artifactory/i, /\blocalhost:4873\b/]
    const readable = FILES.filter((file) => !file.startsWith('test/conformance/'))
    expect(offenders(readable, (text) => forbidden.some((words) => words.test(text)))).toEqual([])
  })

  test('the lock file records versions and hashes, and no addresses', () => {
    expect(textOf('pnpm-lock.yaml')).not.toMatch(/tarball:|https?:\/\//)
  })
})

describe('code', () => {
  const PRODUCTION = SOURCES.filter((file) => !isTest(file) && !file.startsWith('test/'))

  test('has no any, and no cast through unknown', () => {
    const cast = /\bas unknown as\b|\bas any\b|:\s*any\b(?!\s*JSON)|<any>/
    expect(offenders(PRODUCTION, (text) => cast.test(withoutComments(text)))).toEqual([])
  })

  test('exports by name; only tools that ask for a default get one', () => {
    expect(offenders(SOURCES, (text, file) => !isConfig(file) && /^export default\b/m.test(text))).toEqual([])
  })

  test('leaves nothing to be done', () => {
    const marks = new RegExp(
      `\\b(${['TO', 'FIX', 'XX'].map((half) => `${half}${half === 'TO' ? 'DO' : half === 'FIX' ? 'ME' : 'X'}`).join('|')})\\b`,
    )
    expect(offenders(SOURCES, (text) => marks.test(text))).toEqual([])
  })

  test('no test is skipped or left alone in the spotlight', () => {
    const left = /\b(test|describe|it)\.(skip|only|todo)\(/
    expect(offenders(SOURCES.filter(isTest), (text) => left.test(text))).toEqual([])
  })

  test('the gateway and the cloud do not import each other', () => {
    expect(
      offenders(
        SOURCES.filter((file) => file.startsWith('edge/')),
        (text) => /from '@holdfast\/cloud|\/cloud\//.test(text),
      ),
    ).toEqual([])
    expect(
      offenders(
        SOURCES.filter((file) => file.startsWith('cloud/')),
        (text) => /from '@holdfast\/edge|\/edge\//.test(text),
      ),
    ).toEqual([])
  })
})

describe('the rooms of shared', () => {
  const found = readdirSync(join(ROOT, 'shared/src'), { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name)

  test('are the ones the order names', () => {
    expect(found.filter((room) => ![...ROOMS, ...WORLD].includes(room))).toEqual([])
  })

  test('each has a table of contents', () => {
    const without = found.filter((room) => {
      const folder = join(ROOT, 'shared/src', room)
      return !existsSync(join(folder, 'index.ts')) && !readdirSync(folder).some((name) => existsSync(join(folder, name, 'index.ts')))
    })
    expect(without).toEqual([])
  })

  test('import only rooms before them: the linter has a rule for each', () => {
    const { overrides }: { overrides: readonly { includes: readonly string[]; linter: { rules: unknown } }[] } = JSON.parse(
      textOf('biome.json'),
    )
    for (const [index, room] of ROOMS.entries()) {
      const rule = overrides.find(({ includes }) => includes[0] === `shared/src/${room}/**/*.ts`)
      const later = [...ROOMS.slice(index + 1), ...WORLD]
      expect([room, later.filter((each) => !JSON.stringify(rule?.linter.rules ?? '').includes(`"**/${each}/**"`))]).toEqual([room, []])
    }
  })

  test('import only rooms before them: nobody does otherwise', () => {
    const wrong = SOURCES.filter((file) => !isTest(file)).flatMap((file) => {
      const room = /^shared\/src\/([^/]+)\//.exec(file)?.[1]
      const rank = ROOMS.indexOf(room ?? '')
      if (rank === -1) return []
      const imported = [...textOf(file).matchAll(/from '(?:\.\.\/)+([a-z-]+)\//g)].map((match) => match[1] ?? '')
      return imported
        .filter((other) => (ROOMS.indexOf(other) > rank || WORLD.includes(other)) && found.includes(other))
        .map((other) => `${file} → ${other}`)
    })
    expect(wrong).toEqual([])
  })
})

describe('the papers', () => {
  test('name every top-level folder', () => {
    const folders = new Set(FILES.filter((file) => file.includes('/') && !file.startsWith('.')).map((file) => file.split('/', 1)[0] ?? ''))
    const papers = textOf('README.md') + textOf('ARCHITECTURE.md')
    expect([...folders].filter((folder) => !papers.includes(folder))).toEqual([])
  })

  test('a rule id of a SPEC is cited by a test or by the code', () => {
    const specs = FILES.filter((file) => basename(file) === 'SPEC.md')
    for (const spec of specs) {
      const room = spec.slice(0, -'SPEC.md'.length)
      const ids = [...textOf(spec).matchAll(/^\s*[-*|]\s*\**([A-Z]{1,3}\d{1,2})\b/gm)].map((match) => match[1] ?? '')
      const cited = SOURCES.filter((file) => file.startsWith(room))
        .map(textOf)
        .join('\n')
      expect([spec, ids.filter((id) => !new RegExp(`\\b${id}\\b`).test(cited))]).toEqual([spec, []])
    }
  })

  test('links between them lead somewhere', () => {
    const papers = FILES.filter((file) => file.endsWith('.md'))
    const dead = papers.flatMap((paper) =>
      [...textOf(paper).matchAll(/\]\((?!https?:|#)([^)#\s]+)/g)]
        .map((match) => match[1] ?? '')
        .filter((target) => !existsSync(join(ROOT, paper, '..', target)))
        .map((target) => `${paper} → ${target}`),
    )
    expect(dead).toEqual([])
  })
})

const withoutComments = (text: string): string => text.replace(/\/\*[\s\S]*?\*\//g, '').replace(/^\s*\/\/.*$/gm, '')
