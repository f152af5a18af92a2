import { HOOK_SITES, type HookSite } from '../sites.ts';
import { type GoFunction, goFunctions } from './go_source.ts';
import { hookText, type HookDialect, TWIN_CALLER, twinOf } from './hook_text.ts';

/** A file with its hooks. */
export interface PatchedFile {
  readonly text: string;
  /** The sites that were placed, one for each hooked function. */
  readonly sites: readonly HookSite[];
}

/** Whose functions a file has. */
export interface PatchedPackage {
  /** `runtime`; also of the functions of it that stand in internal/runtime/maps. */
  readonly name: string;
  /** What the names of those begin with there: `runtime_mapassign`. */
  readonly prefix: string;
}

/** Copying a map inserts entries without anybody assigning them: it calls the twins. */
const COPIES = new Set(['mapclone', 'mapclone2']);

/** Places the hooks in one file of a package. */
export function patchFile(text: string, of: PatchedPackage, dialect: HookDialect): PatchedFile {
  const sites: HookSite[] = [];
  const functions = goFunctions(text);
  const byName = new Map(functions.flatMap((fn) => pairOf(fn, siteOf(fn, of))));
  const calls = callsOf([...byName.keys()], of);
  let patched = '';
  let twins = '';
  let at = 0;
  for (const fn of functions) {
    const site = byName.get(fn);
    if (site === undefined && !COPIES.has(fn.name)) continue;
    const body = calls(text.slice(fn.bodyAt, fn.end));
    patched += text.slice(at, fn.bodyAt);
    at = fn.end;
    if (site === undefined) patched += body;
    else {
      sites.push(site);
      patched += hookText(fn, site, dialect) + body;
      if (fn.receiver === undefined && site.op !== 'grow')
        twins += `\n${twinDeclaration(text, fn)}${withCaller(body)}`;
    }
  }
  return { text: patched + text.slice(at) + twins, sites };
}

const pairOf = (fn: GoFunction, site: HookSite | undefined): [GoFunction, HookSite][] =>
  site === undefined ? [] : [[fn, site]];

/** Which site a function is. */
function siteOf(fn: GoFunction, { name: of, prefix }: PatchedPackage): HookSite | undefined {
  const name =
    fn.receiver === undefined
      ? `${of}.${fn.name.startsWith(prefix) ? fn.name.slice(prefix.length) : fn.name}`
      : `internal/runtime/maps.(${fn.receiver.type}).${fn.name}`;
  return HOOK_SITES.find((site) => site.function === name);
}

/** The declaration's line of a twin: who calls, the same parameters and results. */
function twinDeclaration(text: string, fn: GoFunction): string {
  return text
    .slice(fn.start, fn.bodyAt)
    .replace(`func ${fn.name}(`, `func ${twinOf(fn.name)}(${TWIN_CALLER}, `);
}

/** The race detector is told who called the operation: of a twin, that is not who called the twin. */
const withCaller = (body: string): string =>
  body.replaceAll(
    /^(\t+)callerpc := (?:sys\.GetCallerPC|getcallerpc)\(\)\n/gm,
    (line, tabs: string) => `${line}${tabs}if mapauditPC != 0 {\n${tabs}\tcallerpc = mapauditPC\n${tabs}}\n`,
  );

/** Calls from one hooked function to another are parts of the same operation: they go to the twin, as their own callers. */
function callsOf(
  hooked: readonly GoFunction[],
  { name: of, prefix }: PatchedPackage,
): (body: string) => string {
  const names = new Set(hooked.filter((fn) => fn.receiver === undefined).map((fn) => fn.name));
  for (const { function: name, op } of HOOK_SITES) {
    const plain = name.slice(name.lastIndexOf('.') + 1);
    if (of === 'runtime' && prefix === '' && op !== 'grow') names.add(plain);
  }
  return (body) =>
    body.replaceAll(/(?<![\w.])(\w+)\(/g, (call, name: string) =>
      names.has(name) && name !== 'hashGrow' ? `${twinOf(name)}(0, ` : call,
    );
}
