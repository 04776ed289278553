/**
 * The OpenAPI document as a page for people: drawn here, without a script, so that it works on a gateway without the internet and under a
 * policy that allows nothing. Everything that comes from the document is escaped by the template.
 */
import type { OpenAPIHono } from '@hono/zod-openapi'
import { html } from 'hono/html'
import type { HtmlEscapedString } from 'hono/utils/html'
import type { ApiEnv } from './environment.ts'

type Document = ReturnType<OpenAPIHono<ApiEnv>['getOpenAPI31Document']>
type PathItem = NonNullable<Document['paths']>[string]
type Operation = NonNullable<PathItem['get']>
type Fragment = HtmlEscapedString | Promise<HtmlEscapedString>

const METHODS = ['get', 'post', 'put', 'delete'] as const

export const DOCS_STYLE = `
:root { color-scheme: light dark; --line: color-mix(in srgb, currentColor 18%, transparent) }
body { font: 16px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 0 auto; padding: 24px 16px }
details { border: 1px solid var(--line); border-radius: 8px; margin: 8px 0; padding: 8px 16px }
summary { cursor: pointer } summary b { display: inline-block; width: 5em; text-transform: uppercase }
code, pre { font: 14px/1.4 ui-monospace, monospace } pre { overflow: auto; padding: 8px; border-left: 2px solid var(--line) }
table { border-collapse: collapse } td, th { text-align: left; vertical-align: top; padding: 4px 16px 4px 0 }
`

export const docsPage = (document: Document): Fragment => html`<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${document.info.title}</title>
<link rel="stylesheet" href="/docs/style.css"></head>
<body><main>
<h1>${document.info.title} ${document.info.version}</h1>
<p>${document.info.description ?? ''} The same as a document: <a href="/api/v1/openapi.json">openapi.json</a>.</p>
<h2>Operations</h2>
${Object.entries(document.paths ?? {}).flatMap(([path, item]) => operations(path, item))}
<h2>Schemas</h2>
${Object.entries(document.components?.schemas ?? {}).map(([name, schema]) => folded(html`<code>${name}</code>`, json(schema)))}
</main></body></html>`

const operations = (path: string, item: PathItem): Fragment[] =>
  METHODS.flatMap((method) => {
    const operation = item[method]
    return operation === undefined ? [] : [folded(html`<b>${method}</b> <code>${path}</code> ${operation.summary ?? ''}`, about(operation))]
  })

const about = (operation: Operation): Fragment => html`
<p>${operation.description ?? ''}</p>
${operation.parameters === undefined ? '' : html`<h3>Parameters</h3>${json(operation.parameters)}`}
${operation.requestBody === undefined ? '' : html`<h3>Body</h3>${json(operation.requestBody)}`}
<h3>Answers</h3>
<table>${Object.entries(operation.responses ?? {}).map(([status, answer]) => answerRow(status, answer))}</table>`

const answerRow = (status: string, answer: { readonly description?: string }): Fragment =>
  html`<tr><th>${status}</th><td>${answer.description ?? ''}</td></tr>`

const folded = (title: Fragment, content: Fragment): Fragment => html`<details><summary>${title}</summary>${content}</details>`

const json = (value: unknown): Fragment => html`<pre>${JSON.stringify(value, undefined, 2)}</pre>`
