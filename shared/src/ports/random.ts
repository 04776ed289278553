/**
 * Guarantees: `u32` is uniform over 0 … 2³²−1. Real adapters are cryptographically strong; the simulator's is seeded.
 */
export interface Random {
  u32(): number
}
