/**
 * Keys stand in the order of their UTF-8 bytes, which is the order of code points. JavaScript compares UTF-16 units, where the halves
 * of a surrogate pair (U+D800 … U+DFFF) sort before U+E000 … U+FFFF although they stand for higher code points: both ranges are moved.
 */
export const compareKeys = (a: string, b: string): number => {
  const length = Math.min(a.length, b.length)
  for (let i = 0; i < length; i += 1) {
    const difference = rank(a.charCodeAt(i)) - rank(b.charCodeAt(i))
    if (difference !== 0) return difference
  }
  return a.length - b.length
}

const rank = (unit: number): number => {
  if (unit < 0xd800) return unit
  return unit < 0xe000 ? unit + 0x2000 : unit - 0x800
}
