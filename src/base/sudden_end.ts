const actions = new Set<() => void>();

/** Has something done where the process ends at once, by a second Ctrl-C; gives what calls that off. It is not to wait. */
export function onSuddenEnd(action: () => void): () => void {
  const own = (): void => action();
  actions.add(own);
  return () => actions.delete(own);
}

/** To be called right before the process ends so: nothing that fails there keeps it from that. */
export function endSuddenly(): void {
  for (const action of actions) {
    try {
      action();
    } catch {
      // There is nobody to tell it to any more.
    }
  }
  actions.clear();
}
