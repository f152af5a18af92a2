import { readFileSync } from 'node:fs';
import { MapauditError } from '../../../base/errors.ts';
import { packageFile } from '../../../sys/package_file.ts';

/** The bytes of an eBPF object that comes with mapaudit: `bpf/mapaudit.bpf.o`. Error: `broken-install`. */
export function readObject(name: string): Uint8Array {
  const path = packageFile(name);
  if (path !== undefined) return new Uint8Array(readFileSync(path));
  throw new MapauditError('broken-install', `${name} is missing from mapaudit's folder`, {
    hint: 'Install mapaudit again.',
  });
}
