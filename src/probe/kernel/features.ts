import { tryCreateMap, BPF_MAP_TYPE_RINGBUF, tryLinkUprobeMulti, tryLoadProgram } from '../../sys/bpf.ts';
import { ERRNO } from '../../sys/errno.ts';
import { Fd } from '../../sys/fd.ts';

/** `r0 = 0; exit` */
const NOTHING = Uint8Array.of(0xb7, 0, 0, 0, 0, 0, 0, 0, 0x95, 0, 0, 0, 0, 0, 0, 0);

let multi: boolean | undefined;

/**
 * Whether the kernel can attach many uprobes by one link (6.6 and later): asked by trying, with a file that
 * does not exist. MAPAUDIT_NO_UPROBE_MULTI=1 answers no, so that the other way can be tested.
 */
export function supportsUprobeMulti(): boolean {
  if (process.env['MAPAUDIT_NO_UPROBE_MULTI'] === '1') return false;
  multi ??= tryMulti();
  return multi;
}

function tryMulti(): boolean {
  const loaded = tryLoadProgram({ name: 'mapaudit_try', instructions: NOTHING, license: 'GPL', multi: true });
  if (!loaded.ok) return false;
  const program = new Fd(loaded.value, 'BPF program for a try');
  const result = tryLinkUprobeMulti(program, { path: '/dev/null/none', offsets: [0], cookies: [0], pid: 0 });
  program.close();
  // A kernel that knows the call complains of the path (or that it is no directory), not of the call.
  return !result.ok && (result.errno === ERRNO.ENOENT || result.errno === ERRNO.ENOTDIR);
}

/** What the kernel says to a ring buffer: undefined when it has them, else the errno. */
export function tryRingBuffer(): number | undefined {
  const spec = {
    name: 'mapaudit_try',
    type: BPF_MAP_TYPE_RINGBUF,
    keySize: 0,
    valueSize: 0,
    maxEntries: 4096,
    flags: 0,
  };
  const result = tryCreateMap(spec);
  if (!result.ok) return result.errno;
  new Fd(result.value, 'BPF ring for a try').close();
  return undefined;
}
