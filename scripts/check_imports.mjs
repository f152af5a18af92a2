/**
 * Checks the imports of src/ against import_rules.json:
 *
 *   node scripts/check_imports.mjs [root]
 *
 * - a folder imports only from folders in its list of edges, and every edge points upward in the order
 * - a package is imported only by the folders that may, and pure folders import nothing of Node (types aside)
 * - web/ imports from itself, from the folders of src/ that its entry names, and its own packages
 * - exceptions stand in "debt" as { "from": file, "to": file or package, "why": sentence }; stale ones are errors
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';

const here = dirname(fileURLToPath(import.meta.url));
const root = resolve(process.argv[2] ?? join(here, '..'));
const rules = JSON.parse(readFileSync(join(root, 'scripts', 'import_rules.json'), 'utf8'));
const src = join(root, 'src');

/** Every import of a file: what, whether only types, on which line. */
function importsOf(path) {
  const text = readFileSync(path, 'utf8');
  const file = ts.createSourceFile(path, text, ts.ScriptTarget.Latest, false);
  const found = [];
  const add = (specifier, typeOnly) => {
    const line = file.getLineAndCharacterOfPosition(specifier.pos).line + 1;
    found.push({ name: specifier.text, typeOnly, line });
  };
  const visit = (node) => {
    if (ts.isImportDeclaration(node)) add(node.moduleSpecifier, onlyTypes(node.importClause));
    else if (ts.isExportDeclaration(node) && node.moduleSpecifier) add(node.moduleSpecifier, node.isTypeOnly);
    else if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument))
      add(node.argument.literal, true);
    else if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword) {
      const [target] = node.arguments;
      if (target && ts.isStringLiteralLike(target)) add(target, false);
    }
    ts.forEachChild(node, visit);
  };
  visit(file);
  return found;
}

function onlyTypes(clause) {
  if (!clause) return false;
  if (clause.isTypeOnly) return true;
  const named = clause.namedBindings;
  return (
    !clause.name && named && ts.isNamedImports(named) && named.elements.every((element) => element.isTypeOnly)
  );
}

/** Why an import is not allowed, or undefined when it is. `target` is a file below src/ or a package. */
function problemOf(folder, isTest, one, target) {
  if (one.name.startsWith('.')) {
    const [to] = target.split('/');
    if (target.startsWith('..')) return isTest ? undefined : `${folder} imports from outside of src`;
    if (to === folder || rules.edges[folder].includes(to)) return undefined;
    return `${folder} may not import ${to}`;
  }
  if (one.name.startsWith('node:')) {
    const free = one.typeOnly || isTest || !rules.pure.includes(folder);
    return free ? undefined : `${folder} is pure and may not import ${one.name}`;
  }
  const allowed = rules.packages[target];
  if (allowed === undefined) return `the package ${target} is not in the list of packages`;
  return allowed.includes('*') || allowed.includes(folder)
    ? undefined
    : `${folder} may not import the package ${target}`;
}

function packageOf(name) {
  const parts = name.split('/');
  return name.startsWith('@') ? parts.slice(0, 2).join('/') : parts[0];
}

/** Edges that point downward, or at folders that are not in the order. */
function problemsOfRules() {
  const position = (folder) => rules.order.indexOf(folder);
  return Object.entries(rules.edges).flatMap(([from, edges]) =>
    [from, ...edges]
      .filter((to) => position(to) < 0 || (to !== from && position(to) >= position(from)))
      .map((to) => `scripts/import_rules.json: ${from} -> ${to} does not point upward in the order`),
  );
}

function check() {
  const problems = problemsOfRules();
  const debt = new Set(rules.debt);
  const files = readdirSync(src, { recursive: true })
    .filter((name) => /\.tsx?$/.test(name))
    .sort();
  for (const name of files) {
    const path = join(src, name);
    const [folder] = name.split('/');
    if (!(folder in rules.edges)) {
      problems.push(`src/${name}: the folder ${folder} is not in scripts/import_rules.json`);
      continue;
    }
    for (const one of importsOf(path)) {
      const target = one.name.startsWith('.')
        ? relative(src, resolve(dirname(path), one.name))
        : packageOf(one.name);
      const problem = problemOf(folder, /\.test\.tsx?$/.test(name), one, target);
      if (problem === undefined) continue;
      const owed = rules.debt.find((entry) => entry.from === name && entry.to === target);
      if (owed) debt.delete(owed);
      else problems.push(`src/${name}:${one.line}: ${problem} (${one.name})`);
    }
  }
  for (const { from, to } of debt)
    problems.push(`scripts/import_rules.json: the debt ${from} -> ${to} is paid; take it out`);
  return { problems, files: files.length };
}

/** The page is no folder of src/: what it may import stands in "web". */
function checkWeb() {
  const web = join(root, 'web');
  if (rules.web === undefined || !existsSync(web)) return [];
  const files = readdirSync(web, { recursive: true }).filter(
    (name) => /\.tsx?$/.test(name) && !/\.test\.ts$/.test(name),
  );
  return files.flatMap((name) =>
    importsOf(join(web, name)).flatMap((one) => {
      const target = relative(root, resolve(dirname(join(web, name)), one.name));
      const isAllowed = one.name.startsWith('.')
        ? target.startsWith('web/') || rules.web.folders.some((folder) => target.startsWith(`src/${folder}/`))
        : rules.web.packages.includes(packageOf(one.name));
      return isAllowed ? [] : [`web/${name}:${one.line}: web may not import ${one.name}`];
    }),
  );
}

const { problems, files } = check();
problems.push(...checkWeb());
for (const problem of problems) console.error(problem);
console.log(`${files} files, ${problems.length} forbidden imports, ${rules.debt.length} in debt`);
process.exitCode = problems.length === 0 ? 0 : 1;
