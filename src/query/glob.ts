import picomatch from 'picomatch';

/** A matcher for a glob over whole texts: `*` and `?` also match `/` and a leading dot, which mean nothing in a key. */
export function globMatcher(glob: string): (text: string) => boolean {
  const expression = picomatch.makeRe(protectSlashes(glob), {
    bash: true,
    dot: true,
    nobrace: true,
    noextglob: true,
    noglobstar: true,
  });
  return (text) => expression.test(protectSlashes(text));
}

/** A slash is an ordinary character here; picomatch would stop `*` at it. */
function protectSlashes(text: string): string {
  return text.replaceAll('/', '\u0001');
}

/** What of a glob the kernel can compare: the text before the first special character, and whether that is all. */
export interface LiteralPrefix {
  readonly text: string;
  readonly exact: boolean;
}

export function literalPrefix(glob: string): LiteralPrefix {
  let text = '';
  for (let i = 0; i < glob.length; i++) {
    const char = glob.charAt(i);
    if (char === '*' || char === '?' || char === '[') return { text, exact: false };
    if (char === '\\' && i + 1 < glob.length) i++;
    text += glob.charAt(i);
  }
  return { text, exact: true };
}
