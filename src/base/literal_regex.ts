/** The text as part of a regular expression that matches it and nothing else. */
export const literalRegex = (text: string): string => text.replaceAll(/[\\^$.*+?()[\]{}|/]/g, '\\$&');
