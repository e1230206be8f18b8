// Pino's `redact` covers exact paths only: a token inside a URL or an error message passes it. So the finished line is searched
// once more, for every configured secret by value and for the usual forms of secrets by pattern.

/** Shorter texts may be ordinary words; redacting them would make the log unreadable. */
const secretLengthMin = 6;
export const redactedText = '[redacted]';

type Shape = readonly [RegExp, string];

/** Each pattern keeps the part that shows which kind of secret was there. These are nothing else, wherever they stand. */
const plainShapes: readonly Shape[] = [
  [/-----BEGIN [A-Z ]*PRIVATE KEY-----.*?-----END [A-Z ]*PRIVATE KEY-----/gs, redactedText],
  [/(\/bot|\b)\d{3,20}:[A-Za-z0-9_-]{30,}/g, `$1${redactedText}`],
  [/\beyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]*/g, redactedText],
  // Payhip's secret of a product, by which its licenses are checked.
  [/\bprod_sk_[A-Za-z0-9]{8,}/g, redactedText],
];
/** These may be something else in a text that people write. The text is one line of JSON: quotes may be escaped. */
const lineShapes: readonly Shape[] = [
  ...plainShapes,
  [/(\/bot)\d{1,20}(?::|%3A)[A-Za-z0-9_-]+/gi, `$1${redactedText}`],
  [/\b(Bearer|Basic)\s+[A-Za-z0-9._~+/=-]{10,}/gi, `$1 ${redactedText}`],
  // BTCPay Server authenticates with `Authorization: token KEY`.
  [/\b(token)\s+[A-Za-z0-9._~+/=-]{20,}/gi, `$1 ${redactedText}`],
  [/([?&](?:token|access_token|key|api_key|apikey|secret|signature|password)=)[^&#\s"'\\]+/gi, `$1${redactedText}`],
  [/(:\/\/)[^/\s"'\\@]+@/g, `$1${redactedText}@`],
];

/** Gives a function that redacts secrets in one line of the log; it never breaks the line's JSON. */
export function createRedactor(secrets: readonly string[]): (line: string) => string {
  const redactKnown = createSecretRedactor(secrets);
  return (line) => {
    let text = redactKnown(line);
    for (const [shape, replacement] of lineShapes) text = text.replace(shape, replacement);
    return text;
  };
}

/** Gives a function that tells whether a text that somebody wrote has a secret in it: a configured one, or what can be nothing else. */
export function createSecretSearch(secrets: readonly string[]): (text: string) => boolean {
  const redactKnown = createSecretRedactor(secrets);
  return (text) => redactKnown(text) !== text || plainShapes.some(([shape]) => text.search(shape) !== -1);
}

/** The same by value only: for texts that stay unchanged except for the secrets. */
export function createSecretRedactor(secrets: readonly string[]): (text: string) => string {
  // Most of them are made for a rare case.
  let known: RegExp | 'none' | undefined;
  return (text) => {
    known ??= knownForms(secrets);
    return known === 'none' ? text : text.replace(known, redactedText);
  };
}

function knownForms(secrets: readonly string[]): RegExp | 'none' {
  const forms = new Set(secrets.flatMap(formsOf).filter((form) => form.length >= secretLengthMin));
  if (forms.size === 0) return 'none';
  // Longest first: a secret that contains another one is redacted whole.
  const sorted = [...forms].sort((left, right) => right.length - left.length);
  return new RegExp(sorted.map((form) => RegExp.escape(form)).join('|'), 'g');
}

/** The secret as it stands in JSON, in a URL and in base64; a PEM also line by line and with its literal line ends. */
function formsOf(secret: string): string[] {
  const lines = secret.split(/\\n|\r?\n/).filter((line) => line.length >= 20 && !line.startsWith('-----'));
  const whole = [secret, secret.replaceAll('\\n', '\n'), secret.replaceAll('\n', '\\n')];
  const base64 = Buffer.from(secret).toString('base64').replace(/=+$/, '');
  const plain = [
    ...whole,
    ...lines,
    encodeURIComponent(secret),
    base64,
    base64.replaceAll('+', '-').replaceAll('/', '_'),
  ];
  return plain.flatMap((form) => [form, inJson(form), inJson(inJson(form))]);
}

function inJson(text: string): string {
  return JSON.stringify(text).slice(1, -1);
}
