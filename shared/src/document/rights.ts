/** What the sender of an update may do to one document. The caller knows who that is; the guard only does the arithmetic. */
export interface Rights {
  /**
   * Numbers of the nodes whose client ids may appear: the sender's own and those enrolled behind it; `any` for what comes from one's
   * hub, because what a hub accepted is never refused below it.
   */
  readonly nodes: ReadonlySet<number> | 'any'
  /** Guests whose client ids may appear, in `notes` and `fields` alone; `any` from a node that lets guests in by itself. */
  readonly guests?: ReadonlySet<number> | 'any'
  /** May append to segments and take proposals away. */
  readonly authority: boolean
  /**
   * Nodes whose earlier writing the sender may give back to a store that has lost it, log entries too though the sender be no authority:
   * the judge's own node, and at a hub those that it has the home from.
   */
  readonly returning?: ReadonlySet<number>
  /** The highest epoch ever granted to the sender; segments of higher ones are refused. Without it any epoch passes. */
  readonly maxEpoch?: number
  /**
   * The highest epoch ever granted to the sender: what was added to the segments of earlier epochs after one of its own was granted, that
   * need not rest on, however late it comes.
   */
  readonly mayCut?: number
  readonly mayPropose: boolean
  /** May edit title, labels and notes. */
  readonly mayWriteText: boolean
  readonly maxBytes: number
  /**
   * Segment → elements the hub has acknowledged: no new segment may rest on less (D1). Without it, what this replica holds counts as
   * acknowledged, which is right at a hub; below a hub pass what the hub named, or an empty map.
   */
  readonly acknowledged?: ReadonlyMap<string, number>
}

/** The largest update that may be written or taken. The link carries it in pieces; what is beyond this it could not hold. */
export const MAX_UPDATE_BYTES = 8 * 1024 * 1024
