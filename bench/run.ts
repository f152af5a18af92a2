/**
 * All measurements, with the goals beside them: npm run bench [-- --write] [-- --quick] [-- part …]. Each part has a
 * file of its own in bench/results.
 */
import { execFileSync } from 'node:child_process';
import { cpus, release } from 'node:os';
import { join } from 'node:path';
import { reportAttach } from './lib/attach_report.ts';
import { buildBig } from './lib/big.ts';
import { buildMapaudit } from './lib/child.ts';
import { measureCosts } from './lib/cost.ts';
import { reportCosts } from './lib/cost_report.ts';
import { reportDecode } from './lib/decode_report.ts';
import { buildHot, ROOT } from './lib/hot.ts';
import { reportAgent, reportStream } from './lib/node_report.ts';
import { Report } from './lib/report.ts';

const args = process.argv.slice(2);
const quick = args.includes('--quick');
const parts = args.filter((arg) => !arg.startsWith('--'));
const binary = buildHot();

const PARTS: Readonly<Record<string, (report: Report) => Promise<void>>> = {
  cost: async (report) => {
    reportCosts(report, await measureCosts(binary, quick ? 1 : 7, quick ? 400 : 1100));
  },
  stream: (report) => {
    reportStream(report);
    return Promise.resolve();
  },
  attach: (report) => reportAttach(report, quick ? [binary] : [binary, buildBig()], quick ? 2 : 7),
  decode: (report) => reportDecode(report, quick ? 1_000_000 : 10_000_000, quick ? 10_000 : 100_000),
  agent: (report) => reportAgent(report, binary, quick ? 1000 : 10_000),
};

buildMapaudit();
const unknown = parts.filter((name) => !(name in PARTS));
if (unknown.length > 0)
  throw new Error(`no part ${unknown.join(', ')}; there are ${Object.keys(PARTS).join(', ')}`);
for (const [name, part] of Object.entries(PARTS)) {
  if (parts.length > 0 && !parts.includes(name)) continue;
  const report = new Report();
  await part(report);
  report.goals();
  if (args.includes('--write')) report.write(join(ROOT, 'bench', 'results', `${name}.md`), head(name));
}

/** The machine, without its name. */
function head(name: string): string {
  const cpu = cpus();
  const virtual = /hypervisor/.test(execFileSync('cat', ['/proc/cpuinfo'], { encoding: 'utf8' }))
    ? ', virtual machine'
    : '';
  const go = execFileSync('go', ['env', 'GOVERSION'], { encoding: 'utf8' }).trim();
  const [kernel] = release().split('-');
  const lines = [
    `# Results of \`npm run bench -- ${name}\``,
    '',
    `${new Date().toISOString().slice(0, 10)}, ${cpu.length} CPUs ${cpu[0]?.model ?? ''}${virtual}, Linux ${kernel ?? ''}, ` +
      `${go}, Node ${process.versions.node}. Written by \`npm run bench -- --write ${name}\`; do not edit.`,
  ];
  return lines.join('\n');
}
