import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { CACHE } from './hot.ts';

const PACKAGES = 26;
const FUNCTIONS = 3000;
/** What counts as a large binary. */
export const LARGE_BYTES = 100_000_000;

/**
 * Builds a stripped Go program of more than 100 MB: real functions, each in the function table with lines,
 * inlined calls and stack maps, and types of their own. Takes minutes, once.
 */
export function buildBig(): string {
  const folder = join(CACHE, 'big');
  const binary = join(CACHE, 'big-stripped');
  if (existsSync(binary)) return binary;
  console.log('building a large program (some minutes, once) …\n');
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'go.mod'), 'module big\n\ngo 1.18\n');
  const names = Array.from({ length: PACKAGES }, (_, i) => `p${i}`);
  for (const name of names) writePackage(folder, name);
  writeFileSync(join(folder, 'main.go'), mainFile(names));
  execFileSync('go', ['build', '-ldflags=-s -w', '-o', `${binary}.new`, '.'], {
    cwd: folder,
    stdio: 'inherit',
  });
  if (statSync(`${binary}.new`).size < LARGE_BYTES) throw new Error('the large program is not large enough');
  renameSync(`${binary}.new`, binary);
  return binary;
}

function writePackage(folder: string, name: string): void {
  mkdirSync(join(folder, name), { recursive: true });
  const functions = Array.from({ length: FUNCTIONS }, (_, i) => functionText(i));
  const table = `var Table = []func(map[string]int, string) string{${Array.from({ length: FUNCTIONS }, (_, i) => `F${i}`).join(',')}}`;
  const text = ['package ' + name, 'import ("fmt"; "strings"; "errors")', table, ...functions].join('\n');
  writeFileSync(join(folder, name, 'functions.go'), `${text}\n`);
}

/** A function as programs have them: a type, maps, formatting, an error path, a closure. */
function functionText(i: number): string {
  return `
type Record${i} struct { Name string; Count int; Next *Record${i} }
func (r Record${i}) Size() int { return r.Count + len(r.Name) }
func F${i}(m map[string]int, key string) string {
	r := &Record${i}{Name: key, Count: m[key]}
	if r.Size() > ${i + 10} {
		delete(m, key)
		return errors.New("too large: " + strings.ToUpper(r.Name)).Error()
	}
	each := func(s string) string { m[s] = ${i}; return strings.TrimSpace(s) }
	for _, part := range strings.Split(key, ",") {
		r.Name += each(part)
	}
	return fmt.Sprintf("%s %d %v", r.Name, r.Count, *r)
}`;
}

/** Runs a few of the functions over and over, with deletes and assigns. */
function mainFile(names: readonly string[]): string {
  const imports = names.map((name) => `\t"big/${name}"`).join('\n');
  const tables = names.map((name) => `${name}.Table`).join(', ');
  return `package main

import (
	"time"
${imports}
)

func main() {
	m := map[string]int{}
	for i := 0; ; i++ {
		for _, table := range [][]func(map[string]int, string) string{${tables}} {
			table[i%len(table)](m, "sess,key")
			delete(m, "sess")
		}
		time.Sleep(time.Millisecond)
	}
}
`;
}
