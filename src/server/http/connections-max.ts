import { readFileSync } from 'node:fs';

/** More than any shop has at a time; each may hold a body of 256 KiB. */
const connectionsMost = 512;

/** For the product's own files and calls: database, providers, Telegram, the shop. */
const reserve = 128;

/** Some, whatever the limit is: without any there is no shop. */
const connectionsLeast = 16;

/** How many connections may be open under the limit of descriptors, so that the product can always make its own calls. */
export function connectionsMaxUnder(descriptorsMax: number): number {
  return Math.min(Math.max(descriptorsMax - reserve, connectionsLeast), connectionsMost);
}

/** The limit of this process, which Node has raised as far as the system lets it; only Linux tells it. */
export function readDescriptorsMax(): number {
  try {
    const soft = /^Max open files +(\d+) /m.exec(readFileSync('/proc/self/limits', 'utf8'))?.[1];
    return Number(soft ?? Number.MAX_SAFE_INTEGER);
  } catch {
    return Number.MAX_SAFE_INTEGER;
  }
}
