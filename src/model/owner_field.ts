/** `(*shop.Cache).sessions`: a map by the field of the type that owns it, whoever holds that. */
export const ownerField = ({ type, field }: { readonly type: string; readonly field: string }): string =>
  `(*${type}).${field}`;

/** Whether a text is of that form, which is no regular expression. */
export const isOwnerField = (text: string): boolean => /^\(\*[^()]+\)\.[\p{L}_][\p{L}\p{N}_]*$/u.test(text);
