// How the text of a setting becomes a value: what several sides share. No message repeats what was given: it may be a secret
// in the wrong place.
import { z } from 'zod';
import { isSecureAddress } from '#diagnostics/web-address.ts';

/** Two at most: the one in use and the one that follows or went before, so that a rotation loses nothing. */
const secretsMax = 2;

/** An address that calls go to or come from: `https://`, or `http://` on loopback. Comes out without a slash at its end. */
export const baseUrl = z.string().transform((text, context) => {
  const url = URL.parse(text);
  const refuse = (message: string): never => {
    context.addIssue(message);
    return z.NEVER;
  };
  if (url === null) return refuse('is not a URL');
  if (!isSecureAddress(url)) return refuse('must begin with https:// (http:// is accepted on loopback only)');
  if (url.username !== '' || url.password !== '') return refuse('must not contain a user name or a password');
  if (url.search !== '' || url.hash !== '') return refuse('must not contain a query or a fragment');
  return url.href.replace(/\/+$/, '');
});

export const word = z.string().refine((text) => !/\s/.test(text), 'must not contain blanks');

/** One value, or two with a comma between while one replaces the other. */
export function listOf(rule: z.ZodType<string, string>) {
  return z
    .string()
    .transform((text) => text.split(',').map((part) => part.trim()))
    .refine((parts) => parts.every((part) => part !== ''), 'has an empty place in its list')
    .refine((parts) => parts.length <= secretsMax, `takes at most ${secretsMax} values, separated by a comma`)
    .pipe(z.array(rule));
}

/** No provider gives a shorter one: it was cut off, or is something else. */
const secretLengthMin = 4;

/** Secrets that somebody else gave us. */
export const secrets = listOf(
  word.refine((text) => text.length >= secretLengthMin, `is too short: at least ${secretLengthMin} characters`),
);
