/**
 * The id of a container as the common engines put it into a cgroup path, 64 hexadecimal digits: alone
 * (`/docker/ID`, `/kubepods/…/ID`), as a systemd scope (`docker-ID.scope`, `cri-containerd-ID.scope`,
 * `crio-ID.scope`, `libpod-ID.scope`) or after colons (`…slice:cri-containerd:ID`).
 */
const CONTAINER_ID = /[/:]((?:[a-z][a-z0-9_]*-)*)([0-9a-f]{64})(?:\.scope)?(?=[/:]|$)/gm;
/** The engine's own watcher process of a container, which stands outside of it. */
const WATCHER = 'conmon-';

/**
 * Short id (12 digits, as `docker ps` prints it) of the container in a /proc/PID/cgroup text: the innermost
 * one, since a container may run an engine of its own.
 */
export function containerOf(cgroup: string): string | undefined {
  const found = [...cgroup.matchAll(CONTAINER_ID)].filter(([, prefix]) => prefix?.endsWith(WATCHER) !== true);
  return found.at(-1)?.[2]?.slice(0, 12);
}
