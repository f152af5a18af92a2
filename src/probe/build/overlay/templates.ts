import type { GoVersion } from '../../../model/go_version.ts';
import type { HookDialect } from './hook_text.ts';
import { SHAPES } from './shapes.ts';

/** The hook's Go text, before the differences between releases are filled in: go/hook/. */
export interface HookTemplates {
  readonly core: string;
  readonly linux: string;
  readonly race: string;
  readonly leaks: string;
}

/** In a signal's handler: SIGURG, which Go itself uses to preempt, also says that a reader may have come. */
export const SIGNAL_HOOK =
  '\tif sig == _SIGURG {\n\t\tmapauditSignal(uint64((&sigctxt{info, ctxt}).sigcode()))\n\t}\n';

/** How the runtime spells the caller's PC, in package runtime (no prefix) or in internal/runtime/maps. */
export function dialectOf({ minor }: GoVersion, prefix: string): HookDialect {
  return { callerPc: prefix === '' && minor < 24 ? 'getcallerpc()' : 'sys.GetCallerPC()' };
}

/** The part that is the same on all systems. */
export function coreOf({ core, race, leaks }: HookTemplates, { minor }: GoVersion): string {
  const sp = minor < 24 ? 'getcallersp()' : 'sys.GetCallerSP()';
  const links = ['Plain', 'Word', 'Address', 'Text', 'Pointer', 'Grow', 'Leave'];
  const entries = core.replaceAll(EACH, (_whole, text: string) =>
    Object.entries(SHAPES)
      .map(([SHAPE, KEY]) => fill(text, { SHAPE, KEY, SP: SHAPE === 'Grown' ? 'key' : sp }))
      .join('\n'),
  );
  const linked = minor < 24 ? entries : links.reduce(linkToMaps, entries);
  return fill(linked + race + leaks, {
    CALLERSP: sp,
    // What was taken the address of lies on the stack.
    TEXT: minor < 20 ? '*(*unsafe.Pointer)(unsafe.Pointer(&key))' : 'unsafe.Pointer(unsafe.StringData(key))',
    HASPREFIX: minor < 23 ? 'hasPrefix' : 'stringslite.HasPrefix',
    // The names of types are a method of another type since 1.21.
    TYPE: minor < 21 ? '' : 'toRType',
    // runtime/pprof.labelMap: a map[string]string up to 1.23, since then a list.
    LABELLIST: String(minor >= 24),
    // runtime.isDirectIface: KindDirectIface of Kind_ up to 1.25, TFlagDirectIface of TFlag since 1.26.
    DIRECT_AT: minor < 26 ? '23' : '20',
    DIRECT_MASK: '0x20',
  });
}

/** The text of an entry, of which there is one for each shape of keys. */
const EACH = /^\/\/mapaudit:each\n(.*?)^\/\/mapaudit:end\n/gms;

const linkToMaps = (text: string, name: string): string =>
  text.replace(
    `//go:nosplit\nfunc mapaudit${name}(`,
    `//go:linkname mapaudit${name} internal/runtime/maps.mapaudit${name}\n//go:nosplit\nfunc mapaudit${name}(`,
  );

/** The shared file, on Linux. */
export function linuxOf({ linux }: HookTemplates, { minor }: GoVersion): string {
  return fill(linux, {
    SYSCALL: minor < 26 ? 'syscall' : 'linux',
    NCPU: minor < 25 ? 'ncpu' : 'numCPUStartup',
  });
}

function fill(text: string, values: Readonly<Record<string, string>>): string {
  return text.replaceAll(/@([A-Z_]+)@/g, (whole, name: string) => values[name] ?? whole);
}
