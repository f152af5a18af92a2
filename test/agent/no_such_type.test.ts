import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect, it } from 'vitest';
import type { TraceLine } from '../../src/protocol/questions.ts';
import { buildGo } from '../support/go_build.ts';
import { mapaudit } from './support.ts';

it('a type that the program does not have is warned of, with the one that may be meant', async () => {
  const program = spawn(buildGo('crash'), ['wait'], { stdio: ['ignore', 'pipe', 'inherit'] });
  try {
    await once(program.stdout, 'data');
    const warned = (command: string, map: string): readonly unknown[] =>
      mapaudit(command, '-p', String(program.pid), '--map', map, '--duration', '100ms', '--json')
        .err.split('\n')
        .filter((line) => line.startsWith('{'))
        .map((line) => JSON.parse(line) as TraceLine)
        .flatMap((line) => (line.type === 'notice' && line.code === 'no-such-type' ? [line.hint] : []));
    for (const command of ['trace', 'grow']) {
      expect(warned(command, '^map\\[string\\]\\*main\\.sesion$')).toEqual([
        'Did you mean map[string]*main.session?',
      ]);
      expect(warned(command, 'main\\.session')).toEqual([]);
    }
  } finally {
    program.kill('SIGKILL');
  }
});
