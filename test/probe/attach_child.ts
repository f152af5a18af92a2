/**
 * A program of its own that attaches a probe to the process `argv[2]`, and says in lines of JSON that it begins
 * and how it went. It then stays until it is killed.
 */
import { isMapauditError } from '../../src/base/errors.ts';
import { pid } from '../../src/model/ids.ts';
import { attachKernelProbe } from '../../src/probe/kernel/kernel_probe.ts';
import { specFor } from './target.ts';

const say = (line: Readonly<Record<string, unknown>>): void => {
  process.stdout.write(`${JSON.stringify(line)}\n`);
};

let begun = false;
try {
  const spec = specFor(pid(Number(process.argv[2])));
  say({ begins: true });
  begun = true;
  const probe = attachKernelProbe(spec);
  say({ attached: true });
  setInterval(() => probe.drain(() => undefined), 10);
} catch (error) {
  if (!isMapauditError(error)) throw error;
  if (!begun) say({ begins: false });
  say({ ...error.fields, code: error.code, message: error.message, hint: error.hint });
}
