import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

const SCRIPT = fileURLToPath(new URL('../../scripts/inline_real.ts', import.meta.url));
const BUILD_AND_RUN_MS = 22 * 60_000;

it(
  'nats-server and Caddy answer rightly while the inline probe comes and goes',
  { timeout: BUILD_AND_RUN_MS },
  () => {
    const run = spawnSync(process.execPath, ['--import', 'tsx', SCRIPT, '--seconds', '20'], {
      encoding: 'utf8',
    });
    console.log(run.stdout);
    expect(run.stderr.split('\n').filter((line) => /error/i.test(line))).toEqual([]);
    // How often it came: what was never there proves nothing.
    expect(run.stdout.match(/attached [1-9]/g)).toHaveLength(2);
    expect(run.status).toBe(0);
  },
);
