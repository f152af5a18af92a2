import { tryCreateMap, BPF_MAP_TYPE_RINGBUF, tryLinkUprobeMulti, tryLoadProgram } from '../../sys/bpf.ts';
import { ERRNO } from '../../sys/errno.ts';
import { Fd } from '../../sys/fd.ts';

/** `r0 = 0; exit` */
const NOTHING = Uint8Array.of(0xb7, 0, 0, 0, 0, 0, 0, 0, 0x95, 0, 0, 0, 0, 0, 0, 0);

/** -1, as an unsigned number. */
const NO_PID = 0xffff_ffff;

let multi: boolean | undefined;

/**
 * Whether the kernel can attach many uprobes by one link (Linux 6.6) and knows what a process is there: asked by
 * trying, with a file that cannot be probed. MAPAUDIT_NO_UPROBE_MULTI=1 answers no, so that the other way can be tested.
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
  const refusal = (pid: number): number | undefined => {
    const result = tryLinkUprobeMulti(program, { path: '/', offsets: [0], cookies: [0], pid });
    return result.ok ? undefined : result.errno;
  };
  // A kernel that knows the call complains of the path: a folder cannot be probed.
  const known = refusal(0) === ERRNO.EBADF;
  // The first ones (up to 6.9) compared threads where they should have compared processes, and a Go program's
  // hits on all other threads were lost. Since that was put right a wrong pid is found before a wrong path.
  const byProcess = refusal(NO_PID) === ERRNO.EINVAL;
  program.close();
  return known && byProcess;
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
