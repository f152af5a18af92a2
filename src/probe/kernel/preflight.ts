import { isMapauditError, MapauditError } from '../../base/errors.ts';
import type { ByteSource } from '../../model/byte_source.ts';
import type { ProbeScope } from '../../model/probe.ts';
import { toAddr } from '../../model/addr.ts';
import { missingForKernelProbe, ownCapabilities } from '../../sys/capabilities.ts';
import { openFile } from '../../sys/file_source.ts';
import { processFacts } from '../../sys/proc/process.ts';
import type { KernelProbeSpec } from './kernel_probe.ts';
import { noSuchProcess, scopePath } from './links.ts';
import { missingCapability, tracingRefused } from './requirements.ts';
import { verifyFile, verifySites } from './verify_sites.ts';

const SMALLEST = 4096;
const LARGEST = 1 << 30;

/** Everything beside rights that must hold before anything is made or touched. */
export function preflight(spec: KernelProbeSpec): void {
  const { plan, scope, options, code } = spec;
  checkRingSize(options.ringBytes);
  if (scope.type === 'process' && processFacts(scope.pid) === undefined) throw noSuchProcess(scope.pid);
  const file = openScope(scope);
  try {
    verifyFile(file, plan.sites);
  } finally {
    file.close();
  }
  if (scope.type === 'process' && !readable(spec))
    throw tracingRefused(scope.pid, `the memory of ${code.memory.name}`);
  verifySites(code.memory, code.bias, plan.sites);
}

/** Errors: `missing-capability`. */
export function requireRights(): void {
  const missing = missingForKernelProbe();
  if (missing.length > 0) throw missingCapability(missing);
}

function checkRingSize(bytes: number): void {
  if (Number.isInteger(Math.log2(bytes)) && bytes >= SMALLEST && bytes <= LARGEST) return;
  throw new MapauditError('bad-ring-size', `a ring cannot have ${bytes} bytes`, {
    hint: 'Give a power of two, such as --ring 4M.',
    fields: { bytes },
  });
}

function openScope(scope: ProbeScope): ByteSource & { close(): void } {
  try {
    return openFile(scopePath(scope));
  } catch (error) {
    if (scope.type !== 'process') throw error;
    if (isMapauditError(error, 'no-such-file')) throw noSuchProcess(scope.pid);
    if (isMapauditError(error, 'no-permission')) throw tracingRefused(scope.pid, scopePath(scope), error);
    throw error;
  }
}

/** False when the process's memory is out of reach for want of rights. */
function readable({ plan, code }: KernelProbeSpec): boolean {
  const [site] = plan.sites;
  if (site === undefined || mayTrace()) return true;
  return code.memory.read(toAddr(site.address, code.bias), 1) !== undefined;
}

const mayTrace = (): boolean => ownCapabilities().has('CAP_SYS_PTRACE');
