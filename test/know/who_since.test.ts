import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { describe, expect, it } from 'vitest';
import type { WhoLine } from '../../src/protocol/questions.ts';
import { mapaudit } from '../agent/support.ts';
import { buildHooked } from '../support/mapaudit_go.ts';

describe('who --since, of a program that keeps its last operations itself', () => {
  it('tells the life of a key, the map named by its variable, and nothing that is older', async () => {
    const env = { ...process.env, MAPAUDIT: 'record=last:256' };
    const program = spawn(buildHooked('crash'), ['wait'], { env, stdio: ['ignore', 'pipe', 'inherit'] });
    try {
      await once(program.stdout, 'data');
      const ask = (key: string, since: string): readonly unknown[] =>
        mapaudit(
          'who',
          '-p',
          `${program.pid}`,
          '--map',
          'main.sessions',
          '--key',
          key,
          '--since',
          since,
          '--json',
        )
          .out.trim()
          .split('\n')
          .map((line) => JSON.parse(line) as WhoLine)
          .filter((line) => line.type === 'event')
          .map(({ op, found, stack }) => [op, found, stack?.[0]]);
      expect(ask('"user7"', '10m')).toEqual([
        ['assign', false, expect.objectContaining({ function: 'main.login' })],
        ['delete', true, expect.objectContaining({ function: 'main.logout' })],
      ]);
      expect(ask('"user8"', '10m')).toHaveLength(1);
      expect(ask('"nobody"', '10m')).toEqual([]);
      expect(ask('"user7"', '1ms')).toEqual([]);
    } finally {
      program.kill('SIGKILL');
    }
  });
});
