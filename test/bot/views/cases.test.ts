import { describe, expect, test } from 'vitest';
import { renderChart } from '#bot/charts/render.ts';
import { reasonQuestion } from '#bot/kit/reason-question.ts';
import { agesChart, countAges } from '#bot/screens/cases/case-ages.ts';
import { caseCard } from '#bot/screens/cases/case-card-view.ts';
import { caseKindChoice, caseList } from '#bot/screens/cases/case-list-view.ts';
import { optionChoice, resolveQuestion } from '#bot/screens/cases/resolution-questions.ts';
import { ageText, kindWords } from '#bot/wording/case-words.ts';
import { overrideQuestion } from '#bot/wording/override-question.ts';
import { type CaseSeverity, caseKinds } from '#cases/case.ts';
import { day, hour, minute } from '#kernel/clock.ts';
import { resolvingActions } from '#payments/resolutions/options/resolution-actions.ts';
import {
  anException,
  anOrder,
  aPage,
  aPayment,
  aPlace,
  at,
  drawn,
  exceptionDetails,
  hostile,
  look,
} from '../support/values.ts';

const full = { ...look, buttons: 'full' } as const;
const facts = anException().facts;

describe('the card of an exception', () => {
  test('says what, by how much, why, how old it is and whose, and offers what fits', () => {
    const exception = anException({ openedAt: look.now - 3 * day });
    const actions = ['ask_rest', 'accept', 'wait', 'check'] as const;
    expect(drawn(caseCard(exceptionDetails({ case: exception, actions: [...actions] }), full))).toMatchInlineSnapshot(`
      "🟠 <b>Payment underpaid</b>
      Order <b>T-1042</b> · <b>49.00 USD</b> needs attention · BTCPay
      Shortfall: <b>24.50 USD · 0.00038282 BTC</b>
      Why: Expired / PaidPartial
      Reference <code>XEDvpempoTYJHJTKGDff1Q</code>
      Since 19 Nov, 05:00 (3 d)
      Nobody has it yet.
      [Ask for the rest](resolve:AZL1oHw-eryN7wEjRWeJqw:ask_rest) [Accept as paid](resolve:AZL1oHw-eryN7wEjRWeJqw:accept)
      [Keep waiting…](resolve:AZL1oHw-eryN7wEjRWeJqw:wait) [Check again](exception:check:AZL1oHw-eryN7wEjRWeJqw)
      [Take it](exception:take:AZL1oHw-eryN7wEjRWeJqw) [Open order](order:show:AZL1oHw-eryN7wEjRWeJqw)
      [‹ Exceptions](exceptions:all)"
    `);
  });

  test('of money made past us shows both sides, what is written on it, and whose it may be', () => {
    const exception = anException({
      kind: 'finding_missing_here',
      orderId: null,
      paymentId: null,
      facts: {
        ...facts,
        headline: 'The provider has a payment that we do not know',
        differenceFiat: null,
        differenceCoin: null,
        here: 'unknown',
        there: 'complete, 77.00 USD',
        money: { amount: '77.00', asset: 'USD' },
        label: 'Workshop',
        why: 'complete',
      },
    });
    const candidate = { order: anOrder({ amountMinor: 7700 }), missingMinor: 7700 };
    const suggestions = [{ candidate, points: 75, because: ['the same amount', 'made within an hour of it'] }];
    const about = { order: null, payment: null, suggestions, returns: null };
    const details = { ...about, case: exception, actions: ['link_order', 'dismiss'] } as const;
    expect(drawn(caseCard({ ...details, actions: [...details.actions] }, full))).toMatchInlineSnapshot(`
      "🟠 <b>The provider has a payment that we do not know</b>
      <b>77.00 USD</b> · BTCPay
      Here: unknown
      There: complete, 77.00 USD
      On it: Workshop
      Reference <code>XEDvpempoTYJHJTKGDff1Q</code>
      Perhaps for:
      • <b>T-1042</b> 77.00 USD awaiting payment: the same amount, made within an hour of it
      Since 22 Nov, 04:00 (1 h)
      Nobody has it yet.
      [Link to an order…](resolve:AZL1oHw-eryN7wEjRWeJqw:link_order) [Ignore](resolve:AZL1oHw-eryN7wEjRWeJqw:dismiss)
      [Take it](exception:take:AZL1oHw-eryN7wEjRWeJqw) [‹ Exceptions](exceptions:all)"
    `);
  });

  test('says who settled it and why, and offers to take that back where it can be', () => {
    const exception = anException({
      kind: 'payment_overpaid',
      facts: { ...facts, headline: 'Payment overpaid' },
      status: 'resolved',
      resolution: 'keep',
      resolvedBy: 'Ada',
      reason: 'It is a tip',
      undo: {},
      resolvedAt: at + 30 * minute,
      openedAt: at,
    });
    const { text, keyboard } = caseCard(exceptionDetails({ case: exception }), full);
    expect(text.split('\n').at(0)).toBe('✅ <b>Payment overpaid</b>');
    expect(text.split('\n').at(-1)).toBe('Ada kept the surplus, 22 Nov, 04:30: It is a tip');
    expect(keyboard.flat().map((button) => button.text)).toEqual(['Undo', 'Open order', '‹ Exceptions']);
    const final = caseCard(exceptionDetails({ case: { ...exception, undo: null } }), full);
    expect(final.keyboard.flat().map((button) => button.text)).toEqual(['Open order', '‹ Exceptions']);
  });

  test('that ended by itself says what ended it', () => {
    const exception = anException({
      status: 'resolved',
      resolution: 'by_itself',
      outcome: 'The order is paid.',
      resolvedAt: at,
    });
    expect(caseCard(exceptionDetails({ case: exception }), full).text).toContain(
      'Over by itself, 22 Nov, 04:00: The order is paid.',
    );
  });

  test('shows whose it is and until when it rests', () => {
    const exception = anException({
      assigneeId: 1,
      assigneeName: '<Bob>',
      status: 'snoozed',
      snoozedUntil: look.now + hour,
    });
    const { text, keyboard } = caseCard(exceptionDetails({ case: exception }), full);
    expect(text).toContain('✋ <b>&lt;Bob&gt;</b> has it');
    expect(text).toContain('💤 Rests until 22 Nov, 06:00');
    expect(keyboard.flat().map((button) => button.text)).toEqual([
      ...['Release', 'Stop waiting', 'Open order', '‹ Exceptions'],
    ]);
  });

  test('leads to the command bot where its decisions are not served, and nowhere while that one is unknown', () => {
    const card = caseCard(exceptionDetails({ actions: ['accept'] }), {
      ...look,
      buttons: 'plain',
      commandBot: 'till_bot',
    });
    expect(card.keyboard.flat()).toEqual([
      {
        text: 'Resolve in the command bot',
        url: expect.stringMatching(/^https:\/\/t\.me\/till_bot\?start=ex-[\w-]{22}$/),
      },
    ]);
    expect(caseCard(exceptionDetails(), { ...look, buttons: 'plain', commandBot: null }).keyboard).toEqual([]);
  });

  test('escapes what strangers wrote and stays within a screen', () => {
    const exception = anException({
      facts: { ...facts, headline: hostile, here: hostile, there: hostile, why: hostile, label: hostile },
      assigneeName: hostile,
    });
    const { text } = caseCard(exceptionDetails({ case: exception }), full);
    expect(text).not.toMatch(/<b>Eve|\u202E/);
    expect(text.length).toBeLessThanOrEqual(4096);
    expect(text.split('\n').length).toBeLessThanOrEqual(20);
  });
});

describe('the list', () => {
  const rows = [
    anException({ openedAt: look.now - 3 * day, assigneeName: 'Ada', facts: { ...facts, orderNumber: 'T-1042' } }),
    anException({
      kind: 'payment_reversed',
      severity: 'critical',
      openedAt: look.now - hour,
      status: 'snoozed',
      snoozedUntil: at,
      facts: { ...facts, differenceFiat: null, orderNumber: 'T-1043' },
    }),
    anException({
      kind: 'finding_missing_here',
      openedAt: look.now,
      facts: { ...facts, differenceFiat: null },
    }),
  ];
  const live = { status: 'open', rings: true } as const;
  const counts = [
    { kind: 'payment_underpaid', provider: 'btcpay', ...live, count: 2, oldestAt: look.now - 3 * day },
    { kind: 'payment_underpaid', provider: 'bitpay', ...live, count: 1, oldestAt: look.now - day },
    { kind: 'payment_reversed', provider: 'btcpay', ...live, count: 1, oldestAt: look.now - hour },
    // What only informs is no exception.
    { kind: 'provider_down', provider: 'btcpay', ...live, count: 7, oldestAt: look.now - 9 * day },
  ] as const;

  test('is by age, with counts of each kind, and a number for each to open', () => {
    const view = caseList({ page: aPage(rows, { key: aPlace, hasMore: true }), counts }, { ...look, filter: 'all' });
    expect(drawn(view)).toMatchInlineSnapshot(`
      "<b>Exceptions</b> · 4 open, oldest 3 d · page 1
      <i>Underpaid 3 · Reversed 1</i>
      1 🟠 <b>T-1042</b> Underpaid 24.50 USD · 3 d · ✋ Ada
      2 🔴💤 <b>T-1043</b> Reversed · 1 h
      3 🟠 <b>BTCPay</b> Missing here · a moment
      [1](exception:show:AZL1oHw-eryN7wEjRWeJqw) [2](exception:show:AZL1oHw-eryN7wEjRWeJqw) [3](exception:show:AZL1oHw-eryN7wEjRWeJqw)
      [Newer ›](exceptions:all:1mwr91400AZL1oHw-eryN7wEjRWeJqw)
      [By kind…](exception_kinds) [Refresh](exceptions:all)"
    `);
  });

  test('of one kind says which, and nothing where there is none', () => {
    const one = caseList({ page: aPage([], { key: aPlace }), counts }, { ...look, filter: 'payment_failed' });
    expect(one.text).toBe('<b>Exceptions</b> · Failed · 0 open\nNone of this kind.');
    const none = caseList({ page: aPage([], { key: aPlace }), counts: [] }, { ...look, filter: 'all' });
    expect(none.text).toContain('✅ Nothing waits for a decision.');
    expect(none.keyboard.flat().map((button) => button.text)).toEqual(['Refresh']);
  });

  test('offers only kinds that there are, the most first', () => {
    const { keyboard } = caseKindChoice(counts);
    expect(keyboard.flat().map((button) => button.text)).toEqual(['Underpaid 3', 'Reversed 1', 'All 4']);
  });

  test('has a word for every kind', () => {
    expect(Object.keys(kindWords).sort()).toEqual([...caseKinds].sort());
  });

  test.each([
    [0, 'a moment'],
    [-5, 'a moment'],
    [minute, '1 min'],
    [59 * minute, '59 min'],
    [hour, '1 h'],
    [day - 1, '23 h'],
    [day, '1 d'],
    [40 * day, '40 d'],
  ])('an age of %i ms is %s', (ms, text) => {
    expect(ageText(ms)).toBe(text);
  });
});

describe('a decision asks', () => {
  test.each(resolvingActions)('%s: what will happen, and for a reason that fits', (action) => {
    const question = resolveQuestion(exceptionDetails(), { action, option: null });
    expect(question.about).toBe('T-1042 · 49.00 USD · Payment underpaid · 24.50 USD');
    expect(question.ask).toMatch(/\?$/);
    expect(question.warn.length).toBeGreaterThan(20);
    const isLoud = ['mark_paid', 'write_off', 'confirm_refunded', 'confirm_not_refunded'].includes(action);
    expect(question.reasons).toHaveLength(isLoud ? 0 : 3);
    expect(question.warn.includes('⚠️')).toBe(isLoud);
    for (const reason of question.reasons) expect(reason.length).toBeLessThanOrEqual(34);
    const view = reasonQuestion(question, { pendingId: 'AAECAwQFBgcICQoLDA0ODw', back: { kind: 'exception_kinds' } });
    expect(view.text.split('\n').length).toBeLessThanOrEqual(8);
  });

  test.each([
    ['hour', 'for an hour'],
    ['day', 'for a day'],
    ['btcpay', 'at BTCPay'],
    ['1042', 'to T-1042'],
  ])('with the option %s: %s', (option, words) => {
    const { about } = resolveQuestion(exceptionDetails(), { action: 'wait', option });
    expect(about.endsWith(` · ${words}`)).toBe(true);
  });

  test('about money that its provider sends back, and says so', () => {
    const payment = aPayment({ status: 'underpaid', provider: 'bitpay', capturedMinor: 0 });
    const { warn } = resolveQuestion(exceptionDetails({ payment }), { action: 'accept', option: null });
    expect(warn).toContain('BitPay sends what came short back to the buyer');
  });

  test('about money that goes back, and says how much', () => {
    const returns = {
      refund: { amountMinor: 2450, currency: 'USD' },
      refund_surplus: { amountMinor: 100, currency: 'USD' },
    };
    for (const [action, sum] of [['refund', '24.50 USD'] as const, ['refund_surplus', '1.00 USD'] as const]) {
      const { warn } = resolveQuestion(exceptionDetails({ returns }), { action, option: null });
      expect(warn).toContain(`${sum} goes back.`);
    }
  });

  test('by hand about an order alone', () => {
    expect(overrideQuestion(anOrder(), 'write_off').about).toBe('T-1042 · 49.00 USD');
  });

  test('first how long, at which provider or which order', () => {
    const wait = optionChoice(exceptionDetails(), { action: 'wait', providers: [] });
    expect(wait.keyboard.flat().map((button) => button.text)).toEqual(['1 hour', '1 day', 'No, go back']);
    const link = optionChoice(exceptionDetails(), { action: 'new_link', providers: ['btcpay', 'bitpay'] });
    expect(link.keyboard.flat().map((button) => button.text)).toEqual([
      ...['The likeliest', 'BTCPay', 'BitPay', 'No, go back'],
    ]);
    const suggestions = [{ candidate: { order: anOrder(), missingMinor: 1 }, points: 50, because: [] }];
    const order = optionChoice(exceptionDetails({ suggestions }), { action: 'link_order', providers: [] });
    expect(order.keyboard.flat().map((button) => button.text)).toEqual(['T-1042 · 49.00 USD', 'No, go back']);
  });
});

describe('the picture of their ages', () => {
  const aged = (severity: CaseSeverity, ms: number) => ({ severity, openedAt: look.now - ms });
  const all = [
    aged('critical', 0),
    aged('warning', hour),
    aged('warning', day - 1),
    aged('info', day),
    aged('warning', 3 * day),
    aged('warning', 7 * day),
    aged('warning', 700 * day),
  ];

  test('counts each in one class of age, by severity', () => {
    expect(countAges(all, look.now)).toEqual({
      critical: [1, 0, 0, 0, 0],
      warning: [0, 2, 0, 1, 2],
      info: [0, 0, 1, 0, 0],
    });
  });

  test('is drawn, and grows by what it shows', async () => {
    const few = await renderChart(agesChart(all.slice(0, 1), look.now));
    const many = await renderChart(agesChart(all, look.now));
    expect(many.length).toBeGreaterThan(few.length);
  });
});
