import { spawn } from 'node:child_process';
import { probePlanFor } from '../../src/agent/plans.ts';
import { Target } from '../../src/agent/target.ts';
import { pid as toPid } from '../../src/model/ids.ts';
import { mapaudit } from './child.ts';
import { median, sleep } from './numbers.ts';
import { untilProbed } from './sites.ts';

/** How long getting in and out takes. All in milliseconds. */
export interface AttachTimes {
  readonly binary: string;
  readonly bytes: number;
  readonly probes: number;
  /** What mapaudit says: opening the eBPF program and putting the probes in. */
  readonly attachMs: number;
  /** From the start of the command to the last probe in place, as somebody at a terminal sees it. */
  readonly commandMs: number;
  /** From Ctrl-C to the last probe taken out. */
  readonly detachMs: number;
  /** From Ctrl-C to the end of the command. */
  readonly endMs: number;
}

const OPS = ['delete', 'assign', 'clear', 'grow'] as const;

/** `trace` with its default operations on a running binary, several times; medians. */
export async function measureAttach(binary: string, bytes: number, times: number): Promise<AttachTimes> {
  const child = spawn(binary, [], { stdio: 'ignore' });
  await sleep(500);
  const target = Target.open(toPid(child.pid ?? 0));
  try {
    const sites = probePlanFor(target.binary, OPS, 'exit').sites.map((site) => site.address);
    const runs: Record<'attachMs' | 'commandMs' | 'detachMs' | 'endMs', number>[] = [];
    for (let i = 0; i < times; i++) runs.push(await once(target, sites));
    const of = (name: keyof (typeof runs)[number]): number => median(runs.map((run) => run[name]));
    const figures = {
      attachMs: of('attachMs'),
      commandMs: of('commandMs'),
      detachMs: of('detachMs'),
      endMs: of('endMs'),
    };
    return { binary, bytes, probes: sites.length, ...figures };
  } finally {
    target.close();
    child.kill('SIGKILL');
  }
}

type Sites = Parameters<typeof untilProbed>[1];

async function once(
  target: Target,
  sites: Sites,
): Promise<{ attachMs: number; commandMs: number; detachMs: number; endMs: number }> {
  const began = performance.now();
  const tool = mapaudit(['trace', '-p', String(target.pid), '--json', '--key', 'no such key']);
  await untilProbed(target, sites, true);
  const commandMs = performance.now() - began;
  await tool.until(() => tool.stdout.includes('"attached"'));
  const { attach_ms: attachMs } = JSON.parse(tool.stdout.split('\n')[0] ?? '') as { attach_ms: number };
  await sleep(200);
  const stopped = performance.now();
  tool.child.kill('SIGINT');
  await untilProbed(target, sites, false);
  const detachMs = performance.now() - stopped;
  await tool.ended;
  return { attachMs, commandMs, detachMs, endMs: performance.now() - stopped };
}
