/** The id of a container as the common engines put it into a cgroup path: 64 hexadecimal digits. */
const CONTAINER_ID = /(?:^|[/:-])([0-9a-f]{64})(?:\.scope)?(?:[/\n]|$)/m;

/** Short id (12 digits, as `docker ps` prints it) of the container in a /proc/PID/cgroup text. */
export function containerOf(cgroup: string): string | undefined {
  return CONTAINER_ID.exec(cgroup)?.[1]?.slice(0, 12);
}
