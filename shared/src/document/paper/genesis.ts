/**
 * The change every paper of a kind begins with: its empty maps. They must be the same maps at every node, or those who begin a paper at
 * once would each fill maps of their own, of which a merge keeps one. So the bytes are fixed, known to all, and neither stored nor sent.
 */
import type { PaperKind } from './kinds.ts'

const HEX: { readonly [Kind in PaperKind]: string } = {
  plan:
    '856f4a83dc53259e01760008000000000000000001010000000a01060206110613091520340342075606570570020003050000020003050300020004' +
    '0400000200037e0004030100027d036b6579057469746c6505737461746500057e056e6f746573056974656d73030502030405017e04000300051602' +
    '0064726166740a00',
  catalogue:
    '856f4a83f183d0a8013c00080000000000000000010100000005151b34014202560270027d0b646566696e6974696f6e730572756c65730770726573' +
    '65747303030003000300',
}

export const genesisOf = (kind: PaperKind): Uint8Array =>
  Uint8Array.from({ length: HEX[kind].length / 2 }, (_, index) => Number.parseInt(HEX[kind].slice(2 * index, 2 * index + 2), 16))
