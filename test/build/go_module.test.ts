import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { GO_VERSIONS, gorootOf } from '../support/go_build.ts';
import { fewOrAll, mapauditGo } from '../support/mapaudit_go.ts';

const FOLDER = fileURLToPath(new URL('../../go/', import.meta.url));

/** How the tests are run: flags of the go command, and its environment for other systems. */
interface Run {
  readonly version: string;
  readonly flags?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

const nameOf = ({ version, flags = [], env = {} }: Run): string =>
  [version, ...flags.slice(0, 1), ...Object.values(env)].join(' ');

// On systems that have no readers, callbacks and counters are all there is: without frame pointers, and with 32 bits.
const I386 = { GOARCH: '386' };
const WASM: Run = {
  version: '1.26.8',
  flags: ['-exec', `${gorootOf('1.26.8')}/lib/wasm/go_js_wasm_exec`],
  env: { GOOS: 'js', GOARCH: 'wasm' },
};

describe("the Go module's own tests", () => {
  const few: Run[] = [
    { version: '1.18.10' },
    { version: '1.26.8', flags: ['-race'] },
    { version: '1.26.8', env: I386 },
    WASM,
  ];
  const all: Run[] = GO_VERSIONS.flatMap((version) => [{ version }, { version, env: I386 }]);
  for (const run of fewOrAll(few, [
    ...all,
    { version: '1.26.8', flags: ['-race'] },
    { version: '1.27.4', flags: ['-race'] },
    WASM,
  ]))
    it(`pass with Go ${nameOf(run)}`, { timeout: 300_000 }, () => {
      const { version, flags = [], env = {} } = run;
      const end = mapauditGo(['test', '-v', '-count=1', ...flags, './...'], { cwd: FOLDER, version, env });
      expect(end.status, end.stdout + end.stderr).toBe(0);
      expect(end.stdout.match(/^--- PASS/gm)).toHaveLength(15);
      // The one for builds without the hook.
      expect(end.stdout.match(/^--- SKIP/gm)).toHaveLength(1);
    });
});
