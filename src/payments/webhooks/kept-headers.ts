// Which headers of a webhook are kept beside its body, so that it can be verified once more: those that carry or name a
// signature, the ids that a signature may cover, and the type of the content. Nothing else, whatever it is called.

const names =
  /^(?:content-type|(?:[a-z0-9]+-)*(?:sig|signature)|(?:x-)?(?:event|delivery|webhook)-(?:id|type|timestamp))$/;

/** A signature is a few hundred characters; what is longer is none. */
const valueLengthMax = 1_024;
const headersMax = 12;

export function keptHeaders(headers: Readonly<Record<string, string>>): Record<string, string> {
  const kept = Object.entries(headers).filter(([name, value]) => names.test(name) && value.length <= valueLengthMax);
  return Object.fromEntries(kept.slice(0, headersMax));
}
