/** What may be written into a document is what every value of ours is held to; the check itself is shared with whoever makes values. */
export { FORBIDDEN_KEY, MAX_DEPTH, refuseContent } from '../values/content.ts'
