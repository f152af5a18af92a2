/** Everything but plain ASCII text: worth a closer look. */
const UNUSUAL = /[^\x20-\x7e]/;

/**
 * What must never reach a terminal as it is: control characters (C0, DEL, C1), line and paragraph
 * separators, marks that change the direction of text, invisible format characters, lone surrogates.
 */
const DANGEROUS =
  /[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb]|\p{Surrogate}/gu;

/** The text with everything that could steer a terminal written as Go writes it: `\x1b`, `\u202e`. */
export function printable(text: string): string {
  return UNUSUAL.test(text) ? text.replace(DANGEROUS, escaped) : text;
}

function escaped(char: string): string {
  const code = char.charCodeAt(0);
  if (char === '\n') return '\\n';
  if (char === '\t') return '\\t';
  if (char === '\r') return '\\r';
  return code < 0x80
    ? `\\x${code.toString(16).padStart(2, '0')}`
    : `\\u${code.toString(16).padStart(4, '0')}`;
}
