import { expect, test } from 'vitest'
import { toyApi } from './toy-api.ts'

const METHODS = ['get', 'post', 'put', 'delete', 'patch']
/** The document and the page that draws it do not describe themselves. */
const UNDESCRIBED = ['/api/v1/openapi.json', '/docs', '/docs/style.css']

interface Operation {
  readonly summary?: string
  readonly parameters?: readonly { readonly in: string; readonly name: string }[]
  readonly security?: unknown
  readonly responses: Readonly<Record<string, { readonly content?: object }>>
}

const documentOf = async ({ api }: ReturnType<typeof toyApi>) => (await api.request('http://holdfast.test/api/v1/openapi.json')).json()

const references = (value: unknown): string[] =>
  value === null || typeof value !== 'object'
    ? []
    : Object.entries(value).flatMap(([name, each]) => (name === '$ref' ? [String(each)] : references(each)))

test('API-5 every route that is served is described, and the other way round', async () => {
  const toy = toyApi()
  const { openapi, paths } = await documentOf(toy)
  const described = Object.entries<object>(paths).flatMap(([path, item]) => Object.keys(item).map((method) => `${method} ${path}`))
  const served = toy.api.routes
    .filter(({ method, path }) => method !== 'ALL' && !UNDESCRIBED.includes(path))
    .map(({ method, path }) => `${method.toLowerCase()} ${path.replaceAll(/:(\w+)/g, '{$1}')}`)
  expect(openapi).toBe('3.1.0')
  expect(described.toSorted()).toEqual([...new Set(served)].toSorted())
})

test('API-5 every operation has a summary, its path parameters, a success and its errors; every reference leads somewhere', async () => {
  const { paths, components } = await documentOf(toyApi())
  for (const [path, item] of Object.entries<Record<string, Operation>>(paths)) {
    for (const [method, operation] of Object.entries(item)) {
      expect(METHODS).toContain(method)
      expect(operation.summary).toMatch(/\w/)
      const named = (operation.parameters ?? []).filter((each) => each.in === 'path').map((each) => each.name)
      expect(named).toEqual([...path.matchAll(/{(\w+)}/g)].map(([, name]) => name))
      expect(Object.keys(operation.responses).some((status) => status.startsWith('2'))).toBe(true)
      if (operation.security !== undefined) expect(operation.responses[401]?.content).toHaveProperty(['application/problem+json'])
    }
  }
  for (const reference of references(paths)) expect(components.schemas).toHaveProperty([reference.replace('#/components/schemas/', '')])
  expect(components.securitySchemes.bearer).toEqual({ type: 'http', scheme: 'bearer' })
})

test('API-5 the page shows every operation, without a script, under its own policy', async () => {
  const toy = toyApi()
  const page = await toy.api.request('http://holdfast.test/docs')
  const text = await page.text()
  const { paths } = await documentOf(toy)
  for (const path of Object.keys(paths)) expect(text).toContain(`<code>${path}</code>`)
  expect(text).not.toContain('<script')
  expect(page.headers.get('content-security-policy')).toContain("default-src 'self'")
  expect((await toy.api.request('http://holdfast.test/docs/style.css')).headers.get('content-type')).toContain('text/css')
})
