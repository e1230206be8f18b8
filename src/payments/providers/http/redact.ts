import { clip, oneLine } from '#kernel/text.ts';

const messageMax = 200;
const secretMin = 4;

const patterns: readonly [RegExp, string][] = [
  [/eyJ[\w-]+\.[\w-]+(?:\.[\w-]*)?/g, '[secret]'],
  [/\b(bearer|token)\s+[\w.~+/=-]{8,}/gi, '$1 [secret]'],
  [/\b(token|api[-_]?key|secret|signature|authorization)(["']?\s*[=:]\s*["']?)[^\s"'&,;}]+/gi, '$1$2[secret]'],
];

/**
 * Makes a provider's own message fit for logs and cards: known secrets and whatever looks like one are taken out, white
 * space is folded, and the rest is cut at 200 characters.
 */
export function createMessageRedactor(secrets: readonly string[]): (text: string) => string {
  const known = secrets
    .flatMap((secret) => [secret, encodeURIComponent(secret)])
    .filter((secret) => secret.length >= secretMin)
    .sort((left, right) => right.length - left.length);
  return (text) => {
    const withoutKnown = known.reduce((rest, secret) => rest.replaceAll(secret, '[secret]'), text);
    const clean = patterns.reduce((rest, [pattern, by]) => rest.replace(pattern, by), withoutKnown);
    return clip(oneLine(clean), messageMax);
  };
}
