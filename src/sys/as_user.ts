/** Who a program runs as. */
export interface User {
  readonly uid: number;
  readonly gid: number;
}

/**
 * Does something with the rights of a user alone, where this process is root: what that user may not do in a folder of his
 * choosing, nobody shall do for him. For others than root nothing changes. Nothing else of this process runs meanwhile, but
 * for what its pool of threads has begun.
 */
export function asUser<T>({ uid, gid }: User, act: () => T): T {
  const { geteuid, getegid, getgroups, seteuid, setegid, setgroups } = process;
  const own = { uid: geteuid?.() ?? 0, gid: getegid?.() ?? 0, groups: getgroups?.() ?? [] };
  if (own.uid !== 0 || uid === 0) return act();
  setgroups?.([]);
  setegid?.(gid);
  seteuid?.(uid);
  try {
    return act();
  } finally {
    seteuid?.(own.uid);
    setegid?.(own.gid);
    setgroups?.(own.groups);
  }
}
