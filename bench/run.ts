/** All measurements, with the goals beside them; each part has a file of its own in bench/results. See USAGE. */
import { execFileSync } from 'node:child_process';
import { cpus, release } from 'node:os';
import { join } from 'node:path';
import { reportAttach } from './lib/attach_report.ts';
import { buildBig } from './lib/big.ts';
import { reportBuild } from './lib/build_cost.ts';
import { buildMapaudit } from './lib/child.ts';
import { measureCosts } from './lib/cost.ts';
import { reportCosts } from './lib/cost_report.ts';
import { reportIdle } from './lib/idle.ts';
import { reportInline } from './lib/inline_cost.ts';
import { reportDecode } from './lib/decode_report.ts';
import { buildHot, ROOT } from './lib/hot.ts';
import { reportMany } from './lib/many.ts';
import { reportAgent, reportStream } from './lib/node_report.ts';
import { reportProbes } from './lib/probes_compared.ts';
import { Report } from './lib/report.ts';
import { reportStore } from './lib/store_report.ts';
import { reportVisible } from './lib/visible.ts';

const USAGE = `npm run bench -- [flag …] [part …]

parts     cost, probes, build, inline, stream, attach, decode, agent, idle, many, store, visible; without one all of them
          (store takes 10^9 events, or as many as 40 minutes let it)
--quick   fewer rounds and smaller maps: to see whether it works
--write   also writes bench/results/PART.md`;

const args = process.argv.slice(2);
const quick = args.includes('--quick');
const parts = args.filter((arg) => !arg.startsWith('--'));
const binary = buildHot();

const PARTS: Readonly<Record<string, (report: Report) => Promise<void>>> = {
  cost: async (report) => {
    reportCosts(report, await measureCosts(binary, quick ? 1 : 7, quick ? 400 : 1100));
  },
  probes: (report) => reportProbes(report, binary, quick ? 1 : 7, quick ? 150 : 400),
  build: (report) => reportBuild(report, binary, quick ? 3 : 9, quick ? 200 : 500),
  inline: (report) => reportInline(report, binary, quick ? 3 : 9, quick ? 200 : 500),
  stream: (report) => {
    reportStream(report);
    return Promise.resolve();
  },
  attach: (report) => reportAttach(report, quick ? [binary] : [binary, buildBig()], quick ? 2 : 7),
  decode: (report) => reportDecode(report, quick ? 1_000_000 : 10_000_000, quick ? 10_000 : 100_000),
  agent: (report) => reportAgent(report, binary, quick ? 1000 : 10_000),
  idle: (report) => reportIdle(report, binary, quick ? 1 : 3, quick ? 10 : 30),
  many: (report) => reportMany(report, binary, quick ? 1 : 3),
  store: (report) => {
    reportStore(report, quick ? 1e7 : 1e9, quick ? 5 : 40);
    return Promise.resolve();
  },
  visible: (report) => reportVisible(report, binary),
};

const known = [...Object.keys(PARTS), '--quick', '--write'];
const unknown = args.find((arg) => !known.includes(arg));
if (unknown !== undefined) {
  console.log(unknown === '--help' ? USAGE : `there is no ${unknown}\n\n${USAGE}`);
  process.exit(unknown === '--help' ? 0 : 2);
}
buildMapaudit();
for (const [name, part] of Object.entries(PARTS)) {
  if (parts.length > 0 && !parts.includes(name)) continue;
  const report = new Report();
  await part(report);
  report.goals();
  if (args.includes('--write')) report.write(join(ROOT, 'bench', 'results', `${name}.md`), head(name));
}

/** The machine, without its name. */
function head(name: string): string {
  const how = quick ? '--quick ' : '';
  const cpu = cpus();
  const virtual = /hypervisor/.test(execFileSync('cat', ['/proc/cpuinfo'], { encoding: 'utf8' }))
    ? ', virtual machine'
    : '';
  const go = execFileSync('go', ['env', 'GOVERSION'], { encoding: 'utf8' }).trim();
  const [kernel] = release().split('-');
  const lines = [
    `# Results of \`npm run bench -- ${how}${name}\``,
    '',
    `${new Date().toISOString().slice(0, 10)}, ${cpu.length} CPUs ${cpu[0]?.model ?? ''}${virtual}, Linux ${kernel ?? ''}, ` +
      `${go}, Node ${process.versions.node}. Written by \`npm run bench -- --write ${how}${name}\`; do not edit.`,
  ];
  return lines.join('\n');
}
