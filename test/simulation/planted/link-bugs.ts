/** What the shell of a link may do wrong around right machines. */
import type { LinkedEngine } from '@holdfast/shared/engine'
import { ok } from '@holdfast/shared/values'
import type { Plant } from './plant.ts'

const submitting =
  (wrap: (submit: LinkedEngine['submit']) => LinkedEngine['submit']) =>
  (engine: LinkedEngine): LinkedEngine => ({
    submit: wrap((input) => engine.submit(input)),
    onCommitted: (listener) => engine.onCommitted(listener),
    recallCursor: (key) => engine.recallCursor(key),
  })

/** The peer hears of a commit before there is one; if it then fails, the cursor has passed it. */
const skippedSequence: Plant = {
  name: 'a cursor that skips an uncommitted sequence',
  linked: submitting((submit) => {
    const promised = new Map<string, number>()
    return async (input) => {
      if (input.kind !== 'received') return submit(input)
      const key = `${input.peer}/${input.home}`
      void submit(input).then((done) => {
        if (!done.ok) void submit({ ...input, updates: [] })
      })
      promised.set(key, input.to)
      return ok({ outcome: 'decided', replayed: false, rejected: [] })
    }
  }),
}

/** Within a group later updates go first. */
const beforeDependency: Plant = {
  name: 'apply before dependency',
  linked: submitting(
    (submit) => (input) => (input.kind === 'received' ? submit({ ...input, updates: [...input.updates].reverse() }) : submit(input)),
  ),
}

/** After a session that ended badly it never dials again. */
const stuckUpload: Plant = {
  name: 'stuck upload after an error',
  dial: (dial) => {
    let gaveUp = false
    return (handlers) => {
      if (gaveUp) return { send: () => undefined, close: () => undefined, bufferedBytes: 0 }
      return dial({
        ...handlers,
        onClose: (code, reason) => {
          gaveUp = true
          handlers.onClose(code, reason)
        },
      })
    }
  },
}

export const linkBugs: readonly Plant[] = [skippedSequence, beforeDependency, stuckUpload]
