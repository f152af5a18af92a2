import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect, it } from 'vitest';
import { errorCode, mapaudit } from '../agent/support.ts';
import { buildGo } from '../support/go_build.ts';

it('a map is named by the field of its owner, as maps shows it, wherever one map is asked for', async () => {
  const program = spawn(buildGo('lists'), { stdio: ['pipe', 'pipe', 'inherit'] });
  try {
    await once(program.stdout, 'data');
    const pid = String(program.pid);
    const ask = (...words: string[]) => mapaudit(...words, '--json');
    const addressOf = (text: string): string | undefined => /"address":"(0x[0-9a-f]+)"/.exec(text)?.[1];
    const listed = ask('maps', '-p', pid, '--map', '(*main.Cache).sessions');
    const inspected = ask('inspect', '-p', pid, '--map', '(*main.Cache).sessions', '--limit', '1');
    expect(addressOf(inspected.out)).toBe(addressOf(listed.out));
    expect(addressOf(listed.out)).toBeDefined();
    const grown = ask('grow', '-p', pid, '--map', '(*main.Cache).sessions', '--duration', '100ms');
    expect([grown.code, grown.err]).toEqual([0, '']);
    const mistyped = ask('who', '-p', pid, '--map', '(*main.Cache).sesions', '--key', '"a"');
    expect(errorCode(mistyped)).toBe('no-such-map');
    expect(mistyped.err).toContain('Did you mean (*main.Cache).sessions?');
    const everywhere = ask('who', '--name', 'lists*', '--map', '(*main.Cache).sessions', '--key', '"a"');
    expect(errorCode(everywhere)).toBe('map-needs-pid');
  } finally {
    program.kill('SIGKILL');
  }
});
