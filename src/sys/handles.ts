/** What is open, and the stack that opened it. */
const open = new Map<object, { readonly what: string; readonly stack: string }>();

/** Notes that a handle was opened. */
export function opened(handle: object, what: string): void {
  open.set(handle, { what, stack: new Error(what).stack ?? '' });
}

/** Notes that a handle was closed. */
export function closed(handle: object): void {
  open.delete(handle);
}

/** Everything that is open now: a test that ends with more than it began with has a leak, and sees where. */
export function openHandles(): readonly { readonly what: string; readonly stack: string }[] {
  return [...open.values()];
}
