/** CRC-32 (IEEE 802.3, reflected), the one that zlib computes; browsers have no call for it. A byte a step, by table. */
const POLYNOMIAL = 0xedb88320

const TABLE = Int32Array.from({ length: 256 }, (_, byte) => {
  let remainder = byte
  for (let bit = 0; bit < 8; bit += 1) remainder = remainder & 1 ? (remainder >>> 1) ^ POLYNOMIAL : remainder >>> 1
  return remainder
})

const utf8 = new TextEncoder()

export const crc32 = (data: string | Uint8Array, seed = 0): number => {
  const bytes = typeof data === 'string' ? utf8.encode(data) : data
  let crc = ~seed
  for (let at = 0; at < bytes.length; at += 1) crc = (TABLE[(crc ^ (bytes[at] ?? 0)) & 0xff] ?? 0) ^ (crc >>> 8)
  return ~crc >>> 0
}
