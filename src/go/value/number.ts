/** A float as strconv.FormatFloat(f, 'g', -1, bits) writes it: the shortest text that reads back the same. */
export function formatFloat(value: number, bits: 32 | 64): string {
  if (Number.isNaN(value)) return 'NaN';
  if (!Number.isFinite(value)) return value > 0 ? '+Inf' : '-Inf';
  if (value === 0) return Object.is(value, -0) ? '-0' : '0';
  const { digits, exponent } = shortest(Math.abs(value), bits);
  const sign = value < 0 ? '-' : '';
  // %g with the shortest precision: the exponent form below 1e-4 and from 1e6 on. go1.26.8 src/strconv/ftoa.go.
  const isPlain = exponent >= -4 && exponent < 6;
  return sign + (isPlain ? plain(digits, exponent) : scientific(digits, exponent));
}

/** A complex number as Go prints it: `(1+2i)`. */
export function formatComplex(real: number, imaginary: number, bits: 32 | 64): string {
  const im = formatFloat(imaginary, bits);
  return `(${formatFloat(real, bits)}${/^[+-]/.test(im) ? im : `+${im}`}i)`;
}

/** The fewest decimal digits, and the exponent of the first of them. */
function shortest(value: number, bits: 32 | 64): { digits: string; exponent: number } {
  if (bits === 64) return split(value.toExponential());
  for (let places = 0; places < 9; places++) {
    const text = value.toExponential(places);
    if (Math.fround(Number(text)) === value) return split(text);
  }
  return split(value.toExponential(8));
}

function split(text: string): { digits: string; exponent: number } {
  const [mantissa, exponent] = text.split('e');
  return { digits: (mantissa ?? '').replace('.', ''), exponent: Number(exponent) };
}

function scientific(digits: string, exponent: number): string {
  const fraction = digits.length > 1 ? `.${digits.slice(1)}` : '';
  const size = String(Math.abs(exponent)).padStart(2, '0');
  return `${digits.charAt(0)}${fraction}e${exponent < 0 ? '-' : '+'}${size}`;
}

function plain(digits: string, exponent: number): string {
  if (exponent < 0) return `0.${'0'.repeat(-exponent - 1)}${digits}`;
  if (digits.length <= exponent + 1) return digits + '0'.repeat(exponent + 1 - digits.length);
  return `${digits.slice(0, exponent + 1)}.${digits.slice(exponent + 1)}`;
}
