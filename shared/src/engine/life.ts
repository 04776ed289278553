/**
 * The number of a life of this node: higher than that of every life before it, also of those that the store does not know of because it
 * was put back to an earlier day. Segments and journals carry it; two lives under one number would write under the same names.
 *
 * So a life is numbered by the seconds of the wall clock, and by the last life where the clock stands behind that.
 */
/** The beginning of 2025. */
const COUNTED_FROM = 1_735_689_600_000
const MS_PER_SECOND = 1_000

export const nextLife = (last: number, wall: number): number => Math.max(last + 1, Math.floor((wall - COUNTED_FROM) / MS_PER_SECOND))
