/**
 * One copy of a document that people edit: Automerge, because here history matters — who, when, why — and any version stays readable.
 *
 * An update is one change. A version is the hashes of the changes that nothing follows, sorted and joined. `take` trusts its bytes: they come from this node's own store, or passed the guard. If it throws, the copy must be dropped.
 */
import * as Automerge from '@automerge/automerge'
import { refuseContent } from '../../values/content.ts'
import { isJsonObject, type JsonObject } from '../../values/json.ts'
import { type Refusal, refusal } from '../../values/refusal.ts'
import { err, ok, type Result } from '../../values/result.ts'
import { actorOf } from './actor.ts'
import { genesisOf } from './genesis.ts'
import { type Misfit, misfitsOf, type PaperName } from './kinds.ts'
import { applyPatch } from './merge-patch.ts'

export interface Edit {
  /** As RFC 7396: members replace, null removes. */
  readonly patch: JsonObject
  readonly by: string
  /** Wall clock, milliseconds since 1970. */
  readonly at: number
  readonly message: string
  /** Written by the facility's own node. */
  readonly isFacilitys: boolean
  /** The version its author had seen; what others changed since then is concurrent. Without it, the present one. */
  readonly base?: string
}

const SEPARATOR = '.'

export class Paper {
  readonly name: PaperName
  readonly #genesis: string
  #doc: Automerge.Doc<JsonObject>

  constructor(name: PaperName, clientId: number) {
    this.name = name
    const [begun] = Automerge.applyChanges(Automerge.init<JsonObject>({ actor: actorOf(clientId) }), [genesisOf(name.kind)])
    this.#doc = begun
    this.#genesis = this.version
  }

  get doc(): Automerge.Doc<JsonObject> {
    return this.#doc
  }

  get version(): string {
    return versionOf(Automerge.getHeads(this.#doc))
  }

  get genesis(): readonly string[] {
    return [this.#genesis]
  }

  /** Nobody has written anything. */
  get isEmpty(): boolean {
    return this.version === this.#genesis
  }

  get content(): JsonObject {
    return contentOf(this.#doc)
  }

  /** The content as it was at a version; undefined for what is no version of this paper. */
  contentAt(version: string): JsonObject | undefined {
    const heads = this.headsOf(version)
    return heads === undefined ? undefined : contentOf(Automerge.view(this.#doc, [...heads]))
  }

  headsOf(version: string): readonly string[] | undefined {
    const heads = version.split(SEPARATOR)
    return heads.every((head) => /^[0-9a-f]{64}$/.test(head)) && Automerge.hasHeads(this.#doc, heads) ? heads : undefined
  }

  /** Makes one change of it. @returns its bytes; undefined when it changes nothing */
  edit(edit: Edit): Result<Uint8Array | undefined, Refusal> {
    const heads = edit.base === undefined ? Automerge.getHeads(this.#doc) : this.headsOf(edit.base)
    if (heads === undefined) return err(refusal('fix-request', 'no-such-version', `${edit.base} is no version of this document.`))
    const bad = refuseContent(edit.patch)
    if (bad !== undefined) return err(bad)
    const before = Automerge.getHeads(this.#doc)
    const options = {
      message: JSON.stringify({ by: edit.by, message: edit.message, ...(edit.isFacilitys ? { floor: true } : {}) }),
      time: edit.at,
    }
    // On a copy: what does not fit must leave nothing behind.
    const copy = Automerge.clone(this.#doc, { actor: Automerge.getActorId(this.#doc) })
    const { newDoc } = Automerge.changeAt(copy, [...heads], options, (draft) => applyPatch(this.name.kind, draft, edit.patch))
    if (versionOf(Automerge.getHeads(newDoc)) === versionOf(before)) return ok(undefined)
    const misfits = misfitsOf(this.name, contentOf(newDoc))
    if (misfits.length > 0) return err(unfit(misfits))
    const change = Automerge.getLastLocalChange(newDoc)
    if (change === undefined) throw new TypeError('a document that moved has a last change')
    this.#doc = reread(newDoc)
    return ok(change)
  }

  take(...changes: readonly Uint8Array[]): void {
    const [next] = Automerge.applyChanges(this.#doc, [...changes])
    this.#doc = reread(next)
  }
}

/**
 * The same document from its own bytes. One that was changed in place may go on showing a map that lost to another as it stood before
 * (Automerge 3.5.0), so that two copies of the same changes would tell different conflicts.
 */
const reread = (doc: Automerge.Doc<JsonObject>): Automerge.Doc<JsonObject> =>
  Automerge.load<JsonObject>(Automerge.save(doc), { actor: Automerge.getActorId(doc) })

export const openPaper = (name: PaperName, clientId: number): Paper => new Paper(name, clientId)

/** A paper from its stored changes, each after those it rests on. */
export const loadPaper = (name: PaperName, clientId: number, changes: readonly Uint8Array[]): Result<Paper, Refusal> => {
  const paper = openPaper(name, clientId)
  try {
    paper.take(...changes)
  } catch (cause) {
    return err(refusal('ask-person', 'document-corrupt', `A change can't be applied: ${String(cause)}`))
  }
  if (Automerge.getMissingDeps(paper.doc, []).length > 0) {
    return err(refusal('ask-person', 'document-corrupt', 'Changes that others rest on are missing.'))
  }
  return ok(paper)
}

export const versionOf = (heads: readonly string[]): string => [...heads].sort().join(SEPARATOR)

export const contentOf = (doc: Automerge.Doc<JsonObject>): JsonObject => {
  const plain: unknown = Automerge.toJS(doc)
  if (!isJsonObject(plain)) throw new TypeError('the root of a document is a map')
  return plain
}

const unfit = (misfits: readonly Misfit[]): Refusal =>
  refusal(
    'fix-request',
    'invalid-content',
    misfits.map(({ path, message }) => `${path}: ${message}`).join('; '),
    misfits.map((each) => ({ ...each })),
  )
