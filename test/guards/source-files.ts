// Reads the sources as text: which files there are, and what each imports. The compiler of this project has no JavaScript
// interface, so imports are found by their keywords in the code without its comments.
import { globSync, readFileSync } from 'node:fs';
import { dirname, normalize } from 'node:path/posix';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('../..', import.meta.url));

/** Code without its comments; what stands in quotes stays. */
export function withoutComments(code: string): string {
  const tokens = /('(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*"|`(?:\\.|[^`\\])*`)|\/\*[\s\S]*?\*\/|\/\/[^\n]*/g;
  return code.replace(tokens, (_whole, quoted: string | undefined) => quoted ?? '');
}

/** Paths from the root of the project, with `/` on every system. */
export function listSources(...patterns: readonly string[]): string[] {
  return globSync([...patterns], { cwd: root }).map((file) => file.replaceAll('\\', '/'));
}

export function readSource(file: string): string {
  return readFileSync(`${root}/${file}`, 'utf8');
}

/** What one file imports: by name, by type only, for its side effect, or when it runs. */
export function importsIn(code: string): string[] {
  const specifiers =
    /(?<!['"])(?:\bfrom|\bimport|\bimport\(|\bload\(|\brequire\(|\brequire\.resolve\()\s*(['"])([^'"\n]+)\1/g;
  return [...withoutComments(code).matchAll(specifiers)].map((match) => match[2] ?? '');
}

const aliases: Readonly<Record<string, string>> = JSON.parse(readSource('package.json')).imports;

/** The file that an import of `file` names, or undefined where it names a package. */
export function resolveImport(file: string, specifier: string): string | undefined {
  if (specifier.startsWith('.')) return normalize(`${dirname(file)}/${specifier}`);
  for (const [alias, target] of Object.entries(aliases)) {
    const start = alias.slice(0, -1);
    if (specifier.startsWith(start)) return normalize(target.replace('*', specifier.slice(start.length)));
  }
  return undefined;
}

/** The package that an import names: `hono/streaming` is of `hono`, `@hono/node-server` a package of its own. */
export function packageOf(specifier: string): string {
  return specifier.split('/', specifier.startsWith('@') ? 2 : 1).join('/');
}
