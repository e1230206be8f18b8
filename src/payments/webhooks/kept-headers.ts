// Which headers of a webhook are stored with its body, so that it can be verified again: those that carry or name a
// signature, the ids that a signature may cover, and the content type. No others.

const names =
  /^(?:content-type|(?:[a-z0-9]+-)*(?:sig|signature)|(?:x-)?(?:event|delivery|webhook)-(?:id|type|timestamp))$/;

/** A signature is a few hundred characters; a longer header is none. */
const valueLengthMax = 1_024;
const headersMax = 12;

export function keptHeaders(headers: Readonly<Record<string, string>>): Record<string, string> {
  const kept = Object.entries(headers).filter(([name, value]) => names.test(name) && value.length <= valueLengthMax);
  return Object.fromEntries(kept.slice(0, headersMax));
}
