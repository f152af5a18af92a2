/** `mapaudit go …`: the go command's own words; none of them is ours to read. Gives its exit code. */
export async function passToGo(args: readonly string[]): Promise<number> {
  const { runGo } = await import('../../agent/go_command/index.ts');
  const { code, signal } = await runGo(args);
  // As it died: a shell, or make, sees the same.
  if (signal !== undefined) process.kill(process.pid, signal);
  return code;
}
