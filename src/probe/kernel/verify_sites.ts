import { MapauditError } from '../../base/errors.ts';
import { type Bias, hex, toAddr } from '../../model/addr.ts';
import type { ByteSource } from '../../model/byte_source.ts';
import type { ProbeSite } from '../../model/probe_plan.ts';

/** INT3: what a uprobe, or a debugger's breakpoint, puts over the first byte of an instruction. */
const INT3 = 0xcc;

/** Makes sure that the file that will be probed holds at each site what was planned. */
export function verifyFile(file: ByteSource, sites: readonly ProbeSite[]): void {
  for (const site of sites) {
    const found = file.read(site.offset, site.expected.length);
    if (found === undefined) throw mismatch(site, 'unreadable');
    if (!site.expected.every((byte, i) => found[i] === byte)) throw mismatch(site, hexOf(found));
  }
}

/**
 * Makes sure that what stands at each site in memory is what was planned. A uprobe of somebody else there is
 * harmless: the kernel shares it, and takes the byte below it from the file. So check that one by `verifyFile`.
 */
export function verifySites(memory: ByteSource, bias: Bias, sites: readonly ProbeSite[]): void {
  for (const site of sites) {
    const found = memory.read(toAddr(site.address, bias), site.expected.length);
    if (found === undefined) throw mismatch(site, 'unreadable');
    const same = site.expected.every((byte, i) => found[i] === byte || (i === 0 && found[0] === INT3));
    if (!same) throw mismatch(site, hexOf(found));
  }
}

const hexOf = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');

function mismatch(site: ProbeSite, found: string): MapauditError {
  const wanted = hexOf(site.expected);
  return new MapauditError(
    'site-mismatch',
    `${site.function} at ${hex(site.address)}: found ${found}, wanted ${wanted} (${site.instruction}); nothing was attached`,
    {
      fields: { function: site.function, address: hex(site.address), found, wanted },
      hint: 'Something else has changed the code of this process (a debugger, another tracer). Detach it, then try again.',
    },
  );
}
