/** Programs that the tests start and that npm cannot bring: from apt, on Debian and Ubuntu as root. */
import { existsSync, readFileSync } from 'node:fs';
import { output, runOverNetwork, TO_STDERR } from './lib.mjs';

/** What is looked for, and the package that has it. */
const NEEDED = [
  { command: 'clang', package: 'clang', for: 'comparing the eBPF object with its source' },
  { file: '/usr/include/bpf/bpf_helpers.h', package: 'libbpf-dev', for: 'the same' },
  { command: 'bpftrace', package: 'bpftrace', for: 'counting by an independent tool' },
  { command: 'tmux', package: 'tmux', for: 'looking at the live screen' },
  { command: 'setpriv', package: 'util-linux', for: 'running without privileges' },
  { command: 'gcore', package: 'gdb', for: 'core dumps of running programs' },
  { command: 'gcc', package: 'gcc libc6-dev', for: 'cgo programs' },
  { command: 'gccgo', package: 'gccgo', for: 'a program that must be refused' },
  { command: 'chromium', package: 'chromium', for: 'looking at the page' },
  { command: 'prometheus', package: 'prometheus', for: 'scraping metrics, and checking alert rules' },
  { command: 'go', package: 'golang-go', for: 'building the programs that are audited' },
];

function missing() {
  return NEEDED.filter(({ command, file }) => {
    if (file !== undefined) return !existsSync(file);
    return output('sh', ['-c', `command -v ${command}`]) === undefined;
  });
}

/** Installs what is missing where it can; otherwise says what to install. The tests that need it then fail by name. */
export async function installSystemPackages() {
  const wanted = missing();
  if (wanted.length === 0) return;
  const packages = wanted.flatMap((one) => one.package.split(' '));
  const debian = existsSync('/etc/debian_version') && output('apt-get', ['--version']) !== undefined;
  if (debian && process.getuid() === 0) {
    const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
    const options = { ...TO_STDERR, env };
    await runOverNetwork('apt-get', ['update', '-q'], options);
    // Another installation may be under way.
    const install = ['install', '-y', '-q', '--no-install-recommends', '-o', 'DPkg::Lock::Timeout=300'];
    await runOverNetwork('apt-get', [...install, ...packages], options);
  }
  for (const one of missing()) console.error(`${one.command ?? one.file} is missing (${one.for})`);
  if (missing().length > 0)
    console.error(`  ${debian ? 'sudo apt-get install' : 'install'} ${packages.join(' ')}`);
}

/** `Debian GNU/Linux 12 (bookworm)`, for the log. */
export function systemName() {
  if (!existsSync('/etc/os-release')) return 'an unknown system';
  return /^PRETTY_NAME="?(.*?)"?$/m.exec(readFileSync('/etc/os-release', 'utf8'))?.[1] ?? 'an unknown system';
}
