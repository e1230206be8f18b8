// What a provider says that nobody understands: pages instead of data, half of an answer, and words and fields that are new.
import { hour } from '#kernel/clock.ts';
import type { Reword } from '#sandbox/providers/rewording.ts';
import type { Stream } from '../../engine/random.ts';
import type { StepKind } from '../../plan/step-kind.ts';
import type { Spoil } from '../../world/providers-side.ts';
import { drawLength, drawProviders, drawRate } from './draw.ts';

const html =
  '<!doctype html><html><head><title>Just a moment...</title></head><body>Checking your browser</body></html>';

function answerWith(body: string | null, { status = 200, type = 'application/json' } = {}): Spoil {
  return () => new Response(body, { status, headers: { 'content-type': type } });
}

/** None of them is an answer that could be true. */
const spoils: readonly [string, Spoil][] = [
  ['a page', answerWith(html, { type: 'text/html; charset=utf-8' })],
  ['a page under another name', answerWith(html)],
  ['nothing', answerWith('')],
  ['no content', answerWith(null, { status: 204 })],
  ['null', answerWith('null')],
  ['a word', answerWith('"OK"')],
  ['an empty object', answerWith('{}')],
  ['bytes', answerWith('\u0000\ufffd\u0001[{')],
  ['a redirect', () => Response.redirect('http://127.0.0.1:9009/elsewhere', 302)],
  [
    'half an answer',
    async (answer) => {
      const text = await answer.text();
      return new Response(text.slice(0, Math.ceil(text.length / 2)), {
        status: answer.status,
        headers: answer.headers,
      });
    },
  ],
];

export const spoiltAnswers: StepKind = {
  share: 0.3,
  perDay: 3,
  async act({ faults, providerFaults }, chance) {
    const providers = drawProviders(chance);
    const [name, spoil] = chance.pick([spoils[0] ?? ['a page', answerWith(html)], ...spoils.slice(1)]);
    const rate = drawRate(chance);
    const own = chance.stream('answers');
    const some: Spoil = (answer) => (own.chance(rate) ? spoil(answer) : answer);
    await faults.during({
      what: `${providers.join(', ')} answers ${rate} of calls with ${name}`,
      ms: drawLength(chance, 3 * hour),
      begin() {
        const ends = providers.map((provider) => providerFaults.spoil(provider, some));
        return () => ends.forEach((end) => void end());
      },
    });
  },
};

const statusFields: ReadonlySet<string> = new Set([
  'status',
  'additionalStatus',
  'exceptionStatus',
  'payment_status',
  'state',
]);
const newWords = ['UNDER_REVIEW', 'on_hold', 'Recalled', 'partially-settled', ''] as const;

function rewordAll(value: unknown, change: (fields: Record<string, unknown>) => Record<string, unknown>): unknown {
  if (Array.isArray(value)) return value.map((item) => rewordAll(item, change));
  if (typeof value !== 'object' || value === null) return value;
  const fields = Object.entries(value).map(([name, inner]) => [name, rewordAll(inner, change)] as const);
  return change(Object.fromEntries(fields));
}

/** A release of the provider's that no documentation has told of. */
function drawReword(chance: Stream): Reword {
  const rate = drawRate(chance);
  const word = chance.pick(newWords);
  const own = chance.stream('words');
  const addFields = (fields: Record<string, unknown>) => ({ ...fields, risk: { score: 0.5, flags: [null] }, v: '2' });
  const changeStatus = (fields: Record<string, unknown>) =>
    Object.fromEntries(
      Object.entries(fields).map(([name, value]) => [
        name,
        typeof value === 'string' && statusFields.has(name) && own.chance(rate) ? word : value,
      ]),
    );
  const isStatus = chance.chance(0.6);
  return (answer) => rewordAll(answer, isStatus ? changeStatus : addFields);
}

export const newWordsOfProvider: StepKind = {
  share: 0.3,
  perDay: 2,
  async act({ faults, providerFaults }, chance) {
    const providers = drawProviders(chance);
    const reword = drawReword(chance);
    await faults.during({
      what: `${providers.join(', ')} says something new`,
      ms: drawLength(chance, 6 * hour),
      begin() {
        const ends = providers.map((provider) => providerFaults.reword(provider, reword));
        return () => ends.forEach((end) => void end());
      },
    });
  },
};
