/** Characters that JSON leaves as they are and that could steer a terminal. */
const STEERING = /[\u007f-\u009f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/g;
const PLAIN = /^[\x20-\x7e]*$/;

/** One line of JSON, without its end. Safe to show on a terminal, and still the same JSON value. */
export function jsonLine(value: unknown): string {
  const text = JSON.stringify(value);
  return PLAIN.test(text)
    ? text
    : text.replace(STEERING, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`);
}
