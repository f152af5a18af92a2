/**
 * Shannon entropy of a distribution in bits, from a sample of it: what the sample has, and the correction of Miller and
 * Madow for what it has too little of (G. Miller, "Note on the bias of information estimates", 1955), and never more
 * than that many observations can tell. `counts` may be weighted; `observations` are how many there were.
 */
export function entropyBits(counts: Iterable<number>, observations: number): number {
  let [total, sum, kinds] = [0, 0, 0];
  for (const count of counts) {
    if (count <= 0) continue;
    total += count;
    sum += count * Math.log2(count);
    kinds++;
  }
  if (kinds < 2) return 0;
  const seen = Math.log2(total) - sum / total;
  const missing = (kinds - 1) / (2 * observations * Math.LN2);
  return Math.min(seen + missing, Math.log2(observations));
}
