/**
 * Which links join the same two steps; link i leads from `from[i]` to `to[i]`. By numbers, in time linear in steps and links, because to
 * compare all links by what they say takes most of a check's time.
 *
 * @returns for each link 1 if another one joins the same two steps
 */
export const parallelLinks = (steps: number, from: Uint32Array, to: Uint32Array): Uint8Array => {
  const isParallel = new Uint8Array(from.length)
  const lastFrom = new Int32Array(steps).fill(-1)
  const lastLink = new Uint32Array(steps)
  for (const link of bySource(steps, from)) {
    const target = at(to, link)
    const source = at(from, link)
    if (lastFrom[target] === source) isParallel[link] = isParallel[at(lastLink, target)] = 1
    lastFrom[target] = source
    lastLink[target] = link
  }
  return isParallel
}

/** Numbers of links, those of one source together: a counting sort. */
const bySource = (steps: number, from: Uint32Array): Uint32Array => {
  const place = new Uint32Array(steps + 1)
  for (const source of from) place[source + 1] = at(place, source + 1) + 1
  for (let step = 0; step < steps; step += 1) place[step + 1] = at(place, step + 1) + at(place, step)
  const sorted = new Uint32Array(from.length)
  for (let link = 0; link < from.length; link += 1) {
    const source = at(from, link)
    sorted[at(place, source)] = link
    place[source] = at(place, source) + 1
  }
  return sorted
}

/** Every index here is within bounds by construction; the compiler can't know. */
const at = (numbers: Uint32Array, index: number): number => numbers[index] ?? 0
