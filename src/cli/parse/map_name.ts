import { literalRegex } from '../../base/literal_regex.ts';
import { isOwnerField } from '../../model/owner_field.ts';
import { regexOf } from './regex.ts';

const regex = regexOf('--map');

/** `--map` as a regular expression; a name as `maps` shows it (`(*shop.Cache).sessions`) stands for itself. */
export const parseMapPattern = (text: string): string =>
  isOwnerField(text) ? literalRegex(text) : regex(text);

/** The same where a name is looked up as it was typed. */
export const parseMapName = (text: string): string => (isOwnerField(text) ? text : regex(text));
