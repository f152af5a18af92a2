const NAME = 'mapaudit-token';

let token: string | undefined;

/**
 * Takes the token out of an address such as `/#token=…` or `/#/map?token=…`, so that it neither stands in the
 * history nor in a link that is copied, and keeps it for this tab.
 */
export function takeToken(): void {
  const { hash, pathname, search } = window.location;
  const match = /[#?&]token=([^&]+)/.exec(hash);
  if (match?.[1] === undefined) {
    token = sessionStorage.getItem(NAME) ?? undefined;
    return;
  }
  keepToken(decoded(match[1]));
  const rest = hash.replace(/([#?&])token=[^&]+&?/, '$1').replace(/[?&#]$/, '');
  window.history.replaceState(undefined, '', `${pathname}${search}${rest}`);
}

export function keepToken(given: string): void {
  token = given.trim();
  sessionStorage.setItem(NAME, token);
}

/** Absent: the server's cookie is all that there is. */
export function currentToken(): string | undefined {
  return token === '' ? undefined : token;
}

/** What users paste: the token alone, or the whole address that `mapaudit serve` printed. */
export function tokenOf(pasted: string): string {
  const match = /[#?&]token=([^&\s]+)/.exec(pasted);
  return match?.[1] === undefined ? pasted.trim() : decoded(match[1]);
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
