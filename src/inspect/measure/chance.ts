/** The same as `binomialAbove`, exactly; for small `most`. */
export function binomialAboveExactly(n: number, places: number, most: number): number {
  if (n <= most) return 0;
  if (places === 1) return 1;
  const odds = 1 / (places - 1);
  let term = Math.exp(n * Math.log1p(-1 / places));
  let sum = term;
  for (let k = 1; k <= most; k++) sum += term *= ((n - k + 1) / k) * odds;
  return Math.max(0, 1 - sum);
}

/** P(X > most) where X is how many of `n` land in one of `places` places of the same size. */
export function binomialAbove(n: number, places: number, most: number): number {
  if (n <= most) return 0;
  if (places === 1) return 1;
  const mean = n / places;
  const deviation = Math.sqrt(mean * (1 - 1 / places));
  return normalAbove((most + 0.5 - mean) / deviation);
}

/** P(X > z) of the standard normal distribution, to 1.2e-7 of its value: Numerical Recipes, erfcc. */
export function normalAbove(z: number): number {
  const x = Math.abs(z) / Math.SQRT2;
  const t = 1 / (1 + x / 2);
  const terms = [
    -1.26551223, 1.00002368, 0.37409196, 0.09678418, -0.18628806, 0.27886807, -1.13520398, 1.48851587,
    -0.82215223, 0.17087277,
  ];
  const tail = 0.5 * t * Math.exp(terms.reduceRight((sum, c) => sum * t + c, 0) - x * x);
  return z >= 0 ? tail : 1 - tail;
}

/** How many standard deviations a chi-square lies above what chance gives: the approximation of Wilson and Hilferty. */
export function chiSquareZ(chiSquare: number, degrees: number): number {
  if (degrees <= 0) return 0;
  const spread = 2 / (9 * degrees);
  return (Math.cbrt(chiSquare / degrees) - (1 - spread)) / Math.sqrt(spread);
}

/** Entropy in bits of `keys` keys over `places` places, as a good hash gives it on average. */
export function goodEntropy(keys: number, places: number): number {
  if (keys === 0) return 0;
  const mean = keys / places;
  let sum = 0;
  let logFactorial = 0;
  const most = Math.ceil(mean + 12 * Math.sqrt(mean) + 12);
  for (let k = 1; k <= most; k++) {
    logFactorial += Math.log(k);
    sum += Math.exp(k * Math.log(mean) - mean - logFactorial) * k * Math.log2(k);
  }
  return Math.max(0, Math.log2(keys) - sum / mean);
}
