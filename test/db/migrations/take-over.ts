// A database of the version before cases, full of alerts and exceptions, is taken over by this one.
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Case } from '#cases/case.ts';
import type { Engine } from '#db/engine/migrations.ts';
import type { OpenDatabase } from '#db/engine/open-options.ts';
import { insertText, noon, type OldCase, oldCases, oldSchema, type Row } from './old-cases.ts';

export interface OldDatabase {
  /** Runs statements in an empty database. */
  run(statements: readonly string[]): Promise<void>;
  /** Opens it as this version does; it is migrated by that. */
  open(): Promise<OpenDatabase>;
  [Symbol.asyncDispose](): Promise<void>;
}

async function buildOld(engine: Engine, old: OldDatabase, all: readonly OldCase[]): Promise<void> {
  await old.run([
    ...oldSchema(engine),
    ...all.flatMap(({ alert }) => (alert === undefined ? [] : [insertText('alerts', alert), ...shown(alert)])),
    ...all.flatMap(({ exception }) => (exception === undefined ? [] : [insertText('payment_exceptions', exception)])),
    insertText('outbox_messages', owed),
    insertText('pending_actions', asked),
  ]);
}

/** The message that shows the alert, in two chats. */
function shown(alert: Row): string[] {
  return [1, 2].map((chat) =>
    insertText('sent_messages', {
      bot: 'pager',
      chat_id: chat,
      subject: `alert:${alert['id']}`,
      message_id: messageIdOf(alert, chat),
      shown_version: alert['version'] ?? 0,
      content_hash: `${alert['status']}:hash`,
      sent_at: noon,
      updated_at: noon,
    }),
  );
}

const messageIdOf = (alert: Row, chat: number): number => Number(alert['opened_at']) - noon + chat;

const owed: Row = {
  id: 'owed',
  key: 'alert.card:alert-payment_failed:open:4',
  topic: 'alert.card',
  lane: 'pager',
  priority: 0,
  payload: JSON.stringify({ alertId: 'alert-payment_failed:open', version: 4, cause: 'poll:x' }),
  received_at: noon,
  available_at: noon,
  started_attempts: 0,
  finished_attempts: 0,
};

const asked: Row = {
  id: 'asked',
  admin_id: 42,
  action: 'exception.resolve',
  payload: JSON.stringify({ exceptionId: 'exception-payment_failed:open', action: 'accept' }),
  created_at: noon,
  expires_at: noon + 60_000,
};

const statusOf: Readonly<Record<string, Case['status']>> = {
  open: 'open',
  taken: 'acknowledged',
  waiting: 'snoozed',
  snoozed: 'snoozed',
  woken: 'open',
  decided: 'resolved',
  over: 'resolved',
  retired: 'acknowledged',
  first: 'resolved',
  again: 'open',
  found: 'acknowledged',
};

/** What of the two rows must be found again in the one case. */
function expected({ name, alert, exception }: OldCase): Partial<Case> {
  const status = statusOf[name.split(':').at(-1) ?? ''];
  const whose = exception && {
    assigneeId: exception['owner_id'],
    assigneeName: exception['owner_name'],
    assignedAt: exception['taken_at'],
    refundId: exception['refund_id'],
    paymentId: exception['payment_id'],
    reference: exception['reference'],
    subjectAt: exception['subject_at'],
    reason: exception['reason'],
    undo: exception['undo'] === null ? null : JSON.parse(String(exception['undo'])),
  };
  return {
    id: String((alert ?? exception)?.['id']),
    kind: (exception ?? alert)?.['kind'],
    status,
    openedAt: (exception ?? alert)?.['opened_at'],
    lastRaisedAt: alert?.['last_raised_at'] ?? exception?.['last_seen_at'],
    occurrences: alert?.['occurrences'] ?? 1,
    version: (alert ?? exception)?.['version'],
    rings: alert !== undefined,
    ...whose,
  } as Partial<Case>;
}

export function describeTakeOver(engine: Engine, openOld: () => Promise<OldDatabase>): void {
  const all = oldCases();
  let old: OldDatabase;
  let database: OpenDatabase;

  beforeAll(async () => {
    old = await openOld();
    await buildOld(engine, old, all);
    database = await old.open();
    await database.migrate();
  });
  afterAll(async () => {
    await database?.close();
    await old?.[Symbol.asyncDispose]();
  });

  async function find(id: unknown): Promise<Case> {
    const found = await database.read((stores) => stores.cases.findCase(String(id)));
    if (found === undefined) throw new Error(`case ${String(id)} is lost`);
    return found;
  }

  test('every alert and every exception is a case of its kind, age, owner, reason and state, and pairs are one', async () => {
    for (const one of all.filter(({ name }) => name !== 'superseded')) {
      const found = await find((one.alert ?? one.exception)?.['id']);
      expect(found, one.name).toMatchObject(expected(one));
    }
  });

  test('not one is lost, and none is counted twice', async () => {
    const live = all.filter(({ name }) => statusOf[name.split(':').at(-1) ?? ''] !== 'resolved');
    const counts = await database.read((stores) => stores.cases.countLiveCases());
    const superseded = 1;
    expect(counts.reduce((sum, { count }) => sum + count, 0)).toBe(live.length - superseded);
  });

  test('messages that were sent stand for the cases, with their ids', async () => {
    for (const { alert } of all) {
      if (alert === undefined) continue;
      const subject = `case:${alert['id']}`;
      const sent = await database.read((stores) => stores.sentMessages.listSent({ bot: 'pager', subject }));
      const ids = sent.map(({ messageId }) => messageId).toSorted((left, right) => left - right);
      expect(ids).toEqual([messageIdOf(alert, 1), messageIdOf(alert, 2)]);
    }
  });

  test('the exception of a pair is still found by its own id, which old buttons carry', async () => {
    for (const { name, alert, exception } of all) {
      if (alert === undefined || exception === undefined) continue;
      expect((await find(exception['id'])).id, name).toBe(alert['id']);
    }
  });

  test('facts of both are one, and what was decided under an old name is known under the new one', async () => {
    const paired = await find('alert-payment_failed:decided');
    expect(paired).toMatchObject({ resolution: 'keep', resolvedBy: 'Ada', outcome: 'Ada kept the money: It is a tip' });
    expect(paired.facts).toEqual({
      headline: 'Headline of payment_failed:decided',
      orderNumber: 'T-1042',
      amount: '49.00 USD',
      detail: '24.50 USD is missing',
      why: 'Why of payment_failed:decided',
      trust: 'fetched',
      differenceFiat: '24.50 USD',
      differenceCoin: '0.00038281 BTC',
      money: { amount: '49.00', asset: 'USD' },
      label: 'Workshop',
      here: 'unknown',
      there: 'Settled, 49.00 USD',
    });
    expect(paired.actions).toEqual(['resolve', 'open_order']);
    const finding = await find('exception-finding_status:decided');
    expect(finding).toMatchObject({ resolution: 'dismiss', outcome: 'Ada: It is a tip', actions: [], rings: false });
    const notice = await find('alert-provider_down:taken');
    expect(notice).toMatchObject({ provider: 'btcpay', acknowledgedBy: 'Ada', assigneeId: null });
    expect(notice.facts.money).toBeNull();
    const over = await find('alert-dead_letter:over');
    expect(over).toMatchObject({ resolution: 'by_itself', outcome: 'The order is paid.', resolvedBy: null });
  });

  test('a payment that was heard of and found is one case under one key', async () => {
    const key = 'unmatched:btcpay:heard';
    const all = await database.read((stores) => stores.cases.listCasesByKeys([key]));
    expect(all.map(({ id, kind }) => [id, kind])).toEqual([['alert-heard', 'finding_missing_here']]);
    expect(await database.read((stores) => stores.cases.findLiveCase(key))).toMatchObject({ id: 'alert-heard' });
    expect(await database.read((stores) => stores.cases.findLiveCase('unmatched:btcpay:open'))).toBeDefined();
  });

  test('what was owed to a chat, and what an admin was asked, goes on', async () => {
    const claim = {
      lane: 'pager',
      now: noon,
      lockedUntil: noon + 1,
      lockedBy: 'test',
      limit: 9,
      suspectedPoison: false,
    };
    const owedNow = await database.transaction(({ outbox }) => outbox.claimDue(claim));
    expect(owedNow.map(({ payload }) => payload)).toEqual([
      { caseId: 'alert-payment_failed:open', version: 4, cause: 'poll:x' },
    ]);
    const action = await database.transaction(({ pendingActions }) =>
      pendingActions.consume({ id: 'asked', adminId: 42, now: noon }),
    );
    expect(action).toMatchObject({
      action: 'case.resolve',
      payload: { caseId: 'exception-payment_failed:open', action: 'accept' },
    });
  });
}
