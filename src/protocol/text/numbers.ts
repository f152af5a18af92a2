const grouping = new Intl.NumberFormat('en-US');

/** `3,112` */
export function grouped(n: number): string {
  return grouping.format(n);
}

/** `1 delete`, `3,112 deletes` */
export function counted(n: number, one: string, many = `${one}s`): string {
  return `${grouped(n)} ${n === 1 ? one : many}`;
}

/** Operations a second in at most 6 columns: `0.4`, `12.3`, `4,210`, `18.2k`, `3.4M`. */
export function rate(n: number): string {
  if (n === 0) return '0';
  if (n < 0.05) return '<0.1';
  if (n < 99.95) return n.toFixed(1);
  if (n < 9999.5) return grouped(Math.round(n));
  if (n < 999_950) return `${(n / 1000).toFixed(1)}k`;
  return `${(n / 1e6).toFixed(1)}M`;
}

/** `850 ms`, `10 s`, `1 min 30 s`. */
export function spoken(ms: number): string {
  if (ms < 1000) return `${Math.round(ms)} ms`;
  if (ms < 60_000) return `${Math.round(ms / 100) / 10} s`;
  const minutes = Math.floor(ms / 60_000);
  const seconds = Math.floor((ms % 60_000) / 1000);
  return seconds === 0 ? `${minutes} min` : `${minutes} min ${seconds} s`;
}

/** `0.31 ms`, `12 ms`: short times, of which the fractions count. */
export const shortly = (ms: number): string => (ms < 10 ? `${Math.round(ms * 100) / 100} ms` : spoken(ms));

/** `0:07`, `12:33`, `1:02:05`: time that goes on. */
export function clock(ms: number): string {
  const total = Math.floor(ms / 1000);
  const seconds = String(total % 60).padStart(2, '0');
  const minutes = Math.floor(total / 60) % 60;
  const hours = Math.floor(total / 3600);
  return hours === 0 ? `${minutes}:${seconds}` : `${hours}:${String(minutes).padStart(2, '0')}:${seconds}`;
}

/** `512 B`, `12.3 MB`; units of 1000, as `ls --si` and most tools for people. */
export function bytes(n: number): string {
  if (n < 1000) return `${n} B`;
  if (n < 999_950) return `${(n / 1000).toFixed(1)} kB`;
  return n < 999_950_000 ? `${(n / 1e6).toFixed(1)} MB` : `${(n / 1e9).toFixed(1)} GB`;
}
