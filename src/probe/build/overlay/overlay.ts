import { MapauditError } from '../../../base/errors.ts';
import type { GoVersion } from '../../../model/go_version.ts';
import { HOOK_SITES, type HookSite } from '../sites.ts';
import { ticksOf } from './assembly.ts';
import { goFunctions } from './go_source.ts';
import { TWIN_CALLER, twinOf } from './hook_text.ts';
import { patchFile } from './patch_file.ts';
import { SHAPES } from './shapes.ts';
import { coreOf, dialectOf, linuxOf, type HookTemplates, SIGNAL_HOOK } from './templates.ts';

/** Reads a file of GOROOT by its path below src/; undefined when it is not there. */
export type ReadSource = (path: string) => string | undefined;

/** Files of the runtime as they are with the hook, by path below GOROOT/src. */
export type Overlay = ReadonlyMap<string, string>;

const PARTS = ['', '_fast32', '_fast64', '_faststr'];
const MAPS = 'internal/runtime/maps';

/** One way in which a release makes maps. 1.24 and 1.25 have both, chosen by GOEXPERIMENT. */
interface Family {
  readonly flavour: 'classic' | 'swiss';
  readonly runtime: readonly string[];
  readonly maps: readonly string[];
  /** Begins iterations by itself. */
  readonly reflect: readonly string[];
}

function familiesOf({ minor }: GoVersion): readonly Family[] {
  const runtime = (suffix: string): string[] => PARTS.map((part) => `runtime/map${part}${suffix}.go`);
  const maps = (suffix: string): string[] => [
    ...PARTS.map((part) => `${MAPS}/runtime${part}${suffix}.go`),
    `${MAPS}/map.go`,
    `${MAPS}/table.go`,
  ];
  if (minor < 24) return [{ flavour: 'classic', runtime: runtime(''), maps: [], reflect: [] }];
  if (minor < 26)
    return [
      { flavour: 'classic', runtime: runtime('_noswiss'), maps: [], reflect: [] },
      {
        flavour: 'swiss',
        runtime: runtime('_swiss'),
        maps: maps('_swiss'),
        reflect: ['reflect/map_swiss.go'],
      },
    ];
  return [{ flavour: 'swiss', runtime: runtime(''), maps: maps(''), reflect: ['reflect/map.go'] }];
}

/**
 * The runtime with the hook, made from the user's own GOROOT. Errors: `unknown-runtime` when anything is not found
 * exactly as often as it must be; then nothing may be built.
 */
export function makeOverlay(version: GoVersion, read: ReadSource, templates: HookTemplates): Overlay {
  const overlay = new Map<string, string>();
  for (const family of familiesOf(version)) patchFamily(family, version, read, overlay);
  const edit = (path: string, edits: readonly Edit[], more = ''): void => {
    const text = edits.reduce((before, [anchor, by]) => once(before, anchor, by, path), needed(read, path));
    overlay.set(path, text + more);
  };
  edit('runtime/proc.go', [...PROC_EDITS, ...exitEdits(version)], coreOf(templates, version));
  edit('runtime/os_linux.go', [], linuxOf(templates, version));
  edit('runtime/stubs_nonlinux.go', [], ELSEWHERE);
  edit('runtime/asm_amd64.s', [], ticksOf(version));
  edit('runtime/panic.go', [before('func startpanic_m() bool {\n', '\tmapauditDying()\n')]);
  edit('internal/race/norace.go', [['func Errors() int { return 0 }\n', FOUND]]);
  const runner = 'func tRunner(t *T, fn func(t *T)) {\n';
  // For go:linkname; there since 1.23.
  const unsafe = needed(read, 'testing/testing.go').includes('_ "unsafe"') ? '' : '\t_ "unsafe"\n';
  const count = before(runner, '\tatomic.AddUint64(&mapauditTests, 1)\n');
  edit('testing/testing.go', [before('\t"sync/atomic"\n', unsafe), count], TESTS);
  const handler = 'func sighandler(sig uint32, info *siginfo, ctxt unsafe.Pointer, gp *g) {\n';
  edit('runtime/signal_unix.go', [before(handler, SIGNAL_HOOK)]);
  return overlay;
}

/** An anchor, which must stand in a file exactly once, and what stands there afterwards. */
type Edit = readonly [string, string];

/** Text that follows an anchor. */
const before = (anchor: string, text: string): Edit => [anchor, anchor + text];

const PROC_EDITS: readonly Edit[] = [
  before('\tgoenvs()\n', '\tmapauditInit()\n'),
  // The end of main, and that of os.Exit.
  ['\n\texit(0)\n\tfor {\n', '\n\tmapauditVerdict()\n\tmapauditEnded()\n\texit(0)\n\tfor {\n'],
];

/**
 * os.Exit: up to 1.19 the function is called for code 0 alone. What ended otherwise may be asked for. The verdict comes
 * behind the hooks that write coverage.
 */
const exitEdits = ({ minor }: GoVersion): readonly Edit[] =>
  minor < 20
    ? [before('func os_beforeExit() {\n', '\tmapauditVerdict()\n\tmapauditEnded()\n')]
    : [
        [
          '\tif exitCode == 0 && raceenabled {\n',
          '\tif exitCode == 0 {\n\t\tmapauditVerdict()\n\t\tmapauditEnded()\n\t}\n\tif exitCode == 0 && raceenabled {\n',
        ],
      ];

/** A test in which a race was told fails, as under the race detector. */
const FOUND =
  '//go:linkname mapauditFound runtime.mapauditFound\nvar mapauditFound int64\n\n' +
  'func Errors() int { return int(mapauditFound) }\n';

/** Tests are counted as they begin. */
const TESTS = '\n//go:linkname mapauditTests runtime.mapauditTests\nvar mapauditTests uint64\n';

/** Other systems have no shared file: counters and records need one, callbacks do not. */
const ELSEWHERE = `
func mapauditSignal(uint64) {}

func mapauditInit() { mapauditStart() }

func mapauditDying() {}

func mapauditEnded() {}
`;

/** Places the hooks of one family, each exactly once. */
function patchFamily(
  family: Family,
  version: GoVersion,
  read: ReadSource,
  overlay: Map<string, string>,
): void {
  const placed: HookSite[] = [];
  const texts = new Map<string, string>();
  for (const [paths, name, prefix] of [
    [family.runtime, 'runtime', ''],
    [family.maps, 'runtime', 'runtime_'],
    [family.reflect, 'reflect', ''],
  ] as const)
    for (const path of paths) {
      const patched = patchFile(needed(read, path), { name, prefix }, dialectOf(version, prefix));
      placed.push(...patched.sites);
      texts.set(path, patched.text);
    }
  checkSites(placed, family, version);
  const [main = ''] = family.runtime;
  texts.set(main, `${texts.get(main) ?? ''}\nconst mapauditSwiss = ${String(family.flavour === 'swiss')}\n`);
  if (family.flavour === 'swiss') {
    linkTwins(family, texts);
    const first = family.maps.find((path) => /\/map\w*\.go$/.test(path)) ?? '';
    texts.set(first, (texts.get(first) ?? '') + HOOKS_IN_MAPS);
  }
  for (const path of family.reflect)
    texts.set(path, once(texts.get(path) ?? '', ABI_IMPORT, GOARCH_IMPORT, path) + HOOKS_IN_REFLECT);
  for (const [path, text] of texts) overlay.set(path, text);
}

/** Fails where a function is missing or there twice: the release is not one that is known. */
function checkSites(placed: readonly HookSite[], { flavour }: Family, version: GoVersion): void {
  const only = flavour === 'classic' ? CLASSIC_ONLY : SWISS_ONLY;
  const others = flavour === 'classic' ? SWISS_ONLY : CLASSIC_ONLY;
  for (const site of HOOK_SITES) {
    const wanted = others.includes(site.function) && !only.includes(site.function) ? 0 : 1;
    const found = placed.filter((one) => one.index === site.index).length;
    if (found !== wanted)
      throw unknownRuntime(
        `${site.function} was found ${found} times in the maps of Go 1.${version.minor}, not ${wanted}`,
      );
  }
}

const CLASSIC_ONLY = ['runtime.hashGrow', 'runtime.mapiterinit'];
const SWISS_ONLY = [
  'internal/runtime/maps.(*Map).growToTable',
  'internal/runtime/maps.(*table).rehash',
  'runtime.mapIterStart',
  'reflect.mapIterStart',
];

/** A twin that package runtime calls and package maps has is linked as the functions themselves are. */
function linkTwins({ runtime, maps }: Family, texts: Map<string, string>): void {
  for (const path of runtime) {
    const text = texts.get(path) ?? '';
    const called = new Set([...text.matchAll(/\bmapaudit_(\w+)\(/g)].map((match) => match[1] ?? ''));
    const own = new Set(goFunctions(text).map((fn) => fn.name));
    for (const name of called) {
      if (own.has(twinOf(name))) continue;
      const declaration = new RegExp(`^func ${name}\\((.*)$`, 'm').exec(text);
      const inMaps = twinOf(`runtime_${name}`);
      const home = maps.find((one) => (texts.get(one) ?? '').includes(`\nfunc ${inMaps}(`));
      if (declaration === null || home === undefined)
        throw unknownRuntime(`${path} calls ${name}, which is declared nowhere`);
      append(texts, home, `\n//go:linkname ${inMaps} runtime.${twinOf(name)}\n`);
      append(
        texts,
        path,
        `\n//go:linkname ${twinOf(name)}\nfunc ${twinOf(name)}(${TWIN_CALLER}, ${declaration[1] ?? ''}\n`,
      );
    }
  }
}

function append(texts: Map<string, string>, path: string, text: string): void {
  texts.set(path, (texts.get(path) ?? '') + text);
}

const hookDeclaration = (name: string, params: string, result: string): string =>
  `\n//go:linkname mapaudit${name}\n//go:noescape\nfunc mapaudit${name}(${params})${result}\n`;

/**
 * The two ways into the hook, of which one is a constant's choice; each gives back what it got. `plain`: where the first
 * is, if not in the package itself.
 */
const entry = ([shape, key]: readonly [string, string], plain = ''): string => {
  const params = `(t, m unsafe.Pointer, key ${key}, pc uintptr, site uint32, time int64)`;
  const results = `(unsafe.Pointer, unsafe.Pointer, ${key}, unsafe.Pointer)`;
  const link = (name: string, to: string): string =>
    `\n//go:linkname ${name}${to}\n//go:noescape\nfunc ${name}${params} ${results}\n`;
  const timed = `mapauditTimed${shape}`;
  return link(`mapaudit${shape}`, plain) + link(timed, ` runtime.${timed}`);
};

/** Package maps is below runtime: the hook's functions are linked into it. */
const HOOKS_IN_MAPS =
  '\n//go:linkname mapauditMode runtime.mapauditMode\nvar mapauditMode uint32\n' +
  '\nconst mapauditTimed = goarch.IsAmd64 != 0\n' +
  Object.entries(SHAPES)
    .filter(([shape]) => shape !== 'Grown')
    .map((shape) => entry(shape))
    .join('') +
  hookDeclaration('Grow', 'site uint32, t, m unsafe.Pointer', '') +
  hookDeclaration('Leave', 'site uint32, m unsafe.Pointer', '');

const ABI_IMPORT = '\t"internal/abi"\n';
const GOARCH_IMPORT = `${ABI_IMPORT}\t"internal/goarch"\n`;

/** Package reflect takes those of the two packages. */
const HOOKS_IN_REFLECT =
  '\n//go:linkname mapauditMode runtime.mapauditMode\nvar mapauditMode uint32\n' +
  '\nconst mapauditTimed = goarch.IsAmd64 != 0\n' +
  entry(['Plain', SHAPES.Plain], ' internal/runtime/maps.mapauditPlain');

function needed(read: ReadSource, path: string): string {
  const text = read(path);
  if (text === undefined) throw unknownRuntime(`GOROOT/src/${path} is missing`);
  return text;
}

function once(text: string, anchor: string, replacement: string, path: string): string {
  const parts = text.split(anchor);
  if (parts.length !== 2)
    throw unknownRuntime(
      `${JSON.stringify(anchor.trim())} stands ${parts.length - 1} times in ${path}, not once`,
    );
  return parts.join(replacement);
}

const unknownRuntime = (message: string): MapauditError =>
  new MapauditError('unknown-runtime', message, {
    hint: 'This Go is not one that mapaudit can put its hook into; nothing was built. Use the kernel probe (mapaudit trace), which needs no rebuild.',
  });
