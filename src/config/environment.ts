// The one place that touches the environment of the process; everything else is given a Config.
import { existsSync, readFileSync } from 'node:fs';
import { parseEnv } from 'node:util';
import { readText, UnreadableText } from './text-file.ts';

export const environment: Readonly<Record<string, string | undefined>> = process.env;

/**
 * The process ends only after pending DNS queries, half as many at once as there are threads. Where no DNS server answers
 * they would take minutes one after the other. Must be called before the first query.
 */
export function boundNameLookups(): void {
  process.env['UV_THREADPOOL_SIZE'] ??= '32';
  process.env['RES_OPTIONS'] ??= 'timeout:1 attempts:2';
}

/** Reads a text file as the settings are read; throws UnreadableText, and what the system says. */
export function readTextFile(path: string): string {
  return readText(readFileSync(path));
}

/** `NAME: value`, as in YAML: `parseEnv` passes over it in silence, and the product would start with the default. */
const yamlSetting = /^\s*[A-Z][A-Z0-9_]*\s*:/;

/**
 * Adds what the file says to the environment, where that has no value yet; returns the fault when it cannot be read. Node's own
 * `loadEnvFile` takes a byte order mark for a part of the first name.
 */
export function addEnvironmentFile(path: string): string | undefined {
  try {
    const text = readTextFile(path);
    const line = 1 + text.split(/\r\n?|\n/).findIndex((each) => yamlSetting.test(each));
    if (line > 0) return `${path} line ${line} has a colon where = belongs: nothing of it would be read`;
    for (const [name, value] of Object.entries(parseEnv(text))) process.env[name] ??= value;
    return undefined;
  } catch (error) {
    if (error instanceof UnreadableText) return `${path} ${error.message}`;
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'for an unknown reason';
    if (code !== 'ENOENT') return `${path} cannot be read (${code})`;
    // Editors of Windows add an ending that its file manager hides.
    return existsSync(`${path}.txt`) ? `${path}.txt is not read: name it ${path}` : undefined;
  }
}
