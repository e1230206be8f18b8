/** Why Telegram will not make a link of this address. */
type LinkFault = 'URL host is empty' | 'Unsupported URL protocol' | 'Wrong HTTP URL';

/**
 * Telegram's own notion of a link: a host with a dot in it, http unless said otherwise, a slash after a bare host.
 * `localhost` is therefore no link, while 127.0.0.1 is one.
 */
export function checkLink(raw: string): { url: string } | { fault: LinkFault } {
  const trimmed = raw.trim();
  if (/^(tg|ton|tonsite):/i.test(trimmed)) return { url: trimmed };
  const scheme = /^([a-z][a-z0-9+.-]*):\/\//i.exec(trimmed)?.[1]?.toLowerCase();
  if (scheme !== undefined && scheme !== 'http' && scheme !== 'https') return { fault: 'Unsupported URL protocol' };
  const rest = scheme === undefined ? trimmed : trimmed.slice(scheme.length + 3);
  if (rest === '') return { fault: 'URL host is empty' };
  const host = /^[^/?#]*/.exec(rest)?.[0] ?? '';
  if (host === '') return { fault: 'URL host is empty' };
  if (!host.includes('.') || /\s/.test(rest) || !URL.canParse(`http://${rest}`)) return { fault: 'Wrong HTTP URL' };
  const tail = rest.slice(host.length);
  const path = tail.startsWith('/') ? tail : `/${tail}`;
  return { url: `${scheme ?? 'http'}://${host.toLowerCase()}${path}` };
}

/** The id in `tg://user?id=…`, with which a text mentions a user without a user name. */
export function mentionedUserId(url: string): number | undefined {
  const id = /^tg:(?:\/\/)?user\?id=(\d{1,16})$/i.exec(url.trim())?.[1];
  return id === undefined ? undefined : Number(id);
}
