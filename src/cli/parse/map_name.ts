import { literalRegex } from '../../base/literal_regex.ts';
import { isOwnerField } from '../../model/owner_field.ts';
import { regexOf } from './regex.ts';

const regex = regexOf('--map');

/** `map[string]int` as Go writes it: read as a regular expression it would be `map` and one letter, and match no map. */
const isWrittenType = (text: string): boolean => text.startsWith('map[') && !text.includes('\\');

const typeRegex = (text: string): string => (isWrittenType(text) ? literalRegex(text) : regex(text));

/**
 * `--map` as a regular expression; the beginning of a map's type (`map[string]*shop.Session`), and a name as `maps`
 * shows it (`(*shop.Cache).sessions`), stand for themselves.
 */
export const parseMapPattern = (text: string): string =>
  isOwnerField(text) ? literalRegex(text) : typeRegex(text);

/** The same where a name is looked up as it was typed. */
export const parseMapName = (text: string): string => (isOwnerField(text) ? text : typeRegex(text));

/** The same where types, too, are compared with what was typed. */
export const parseMapOrType = (text: string): string => (isWrittenType(text) ? text : parseMapName(text));
