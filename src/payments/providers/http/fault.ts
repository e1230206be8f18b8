import type { ZodError } from 'zod';
import { clip } from '#kernel/text.ts';

const pathMax = 60;
const valueMax = 40;

/**
 * What of a body is not understood: `status "ON_HOLD"`, `amount null`; of a list or an object only that it is one. `redact`
 * takes secrets out before anything is cut.
 */
export function describeFault(
  error: ZodError,
  { body, redact }: { body: unknown; redact(text: string): string },
): string {
  const path = error.issues[0]?.path ?? [];
  if (path.length === 0) return 'form';
  const value = path.reduce<unknown>((inner, name) => inPlace(inner, name), body);
  const shown = typeof value === 'string' ? `"${clip(redact(value), valueMax)}"` : wordsFor(value);
  // One payment is told of in the same words, whether it comes alone in its envelope or in a list.
  const [first, ...rest] = path.map(String);
  const names = first === 'data' && rest.length > 0 ? rest : path.map(String);
  return `${clip(redact(names.join('.')), pathMax)} ${shown}`;
}

function inPlace(value: unknown, name: PropertyKey): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined;
}

function wordsFor(value: unknown): string {
  if (value === undefined) return 'missing';
  if (Array.isArray(value)) return '(a list)';
  return typeof value === 'object' && value !== null ? '(an object)' : String(value);
}
