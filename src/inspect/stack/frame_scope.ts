import type { DebugInfo } from '../../go/debug/debug_info.ts';
import { type Found, packageScope, type Scope } from '../expr/scope.ts';
import type { Program } from '../place/program.ts';
import { frameLocals } from './locals.ts';
import type { StackFrame } from './unwind.ts';

/**
 * The names that an expression may use in a frame: its local variables, variables of the function's package
 * without the package's name, and all that `packageScope` knows.
 */
export function frameScope(program: Program, debug: DebugInfo, frame: StackFrame): Scope {
  const packages = packageScope(program, debug);
  const own = packageOfFunction(frame.function);
  const locals = new Map<string, Found>();
  for (const { variable, place, why } of frameLocals(program, debug, frame)) {
    const { name } = variable;
    if (place !== undefined) locals.set(name, { kind: 'place', place, name });
    else if (why !== undefined) locals.set(name, { kind: 'gone', code: 'optimised-away', name, why });
  }
  return {
    find: (name) => locals.get(name) ?? packages.find(`${own}.${name}`) ?? packages.find(name),
    *names() {
      yield* locals.keys();
      yield* packages.names();
    },
    typeNamed: (name) => packages.typeNamed(name),
    typeNames: () => packages.typeNames(),
  };
}

/** The path of the package of `github.com/x/shop.(*Cache).evict`. */
export function packageOfFunction(name: string): string {
  const dot = name.indexOf('.', name.lastIndexOf('/', endOfPath(name)) + 1);
  return dot < 0 ? name : name.slice(0, dot);
}

/** Type arguments may hold slashes too. */
function endOfPath(name: string): number {
  const bracket = name.search(/[[(]/);
  return bracket < 0 ? name.length : bracket;
}
