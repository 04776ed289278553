/**
 * A segment's name is `log:<epoch>.<life>.<part>`: whose term, which life of its process, and which part of what that life wrote.
 * Names are canonical (no leading zeros), so one segment can't hide under two names.
 */
export interface SegmentName {
  readonly epoch: number
  readonly life: number
  readonly part: number
}

const NAME = /^log:(0|[1-9]\d{0,14})\.(0|[1-9]\d{0,14})\.(0|[1-9]\d{0,14})$/

export const formatSegmentName = ({ epoch, life, part }: SegmentName): string => `log:${epoch}.${life}.${part}`

export const parseSegmentName = (text: string): SegmentName | undefined => {
  const match = NAME.exec(text)
  return match === null ? undefined : { epoch: Number(match[1]), life: Number(match[2]), part: Number(match[3]) }
}

/** By epoch, then life, then part; the higher wins where two segments claim the same base. */
export const compareSegmentNames = (a: SegmentName, b: SegmentName): number => a.epoch - b.epoch || a.life - b.life || a.part - b.part
