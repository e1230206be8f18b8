import type { Plant } from './plant.ts';

/** The database, the start after a crash, backups, and what is told about the process itself. */
export const databasePlants: readonly Plant[] = [
  {
    name: 'resolved-before-the-commit',
    file: 'src/db/sqlite/commit-batcher.ts',
    from: `      if (!isAlone) connection.releaseSavepoint();
      return { entry, scope, result };`,
    to: `      if (!isAlone) connection.releaseSavepoint();
      entry.resolve(result);
      return { entry, scope, result };`,
    sentence: 'A transaction is reported as done when its body has run, and not after the commit of its group.',
    breaks: [4, 6, 3, 2],
  },
  {
    name: 'thrown-body-is-kept',
    file: 'src/db/sqlite/commit-batcher.ts',
    from: `    if (isAlone) connection.rollback();
    else connection.rollbackToSavepoint();`,
    to: `    if (isAlone) connection.commit();
    else connection.releaseSavepoint();`,
    sentence: 'What a transaction did before it threw is committed with its group.',
    breaks: [1, 7, 3],
    isHard: true,
  },
  {
    name: 'changes-not-compared',
    file: 'src/db/query/compare-and-set.ts',
    from: `          eq(table.status, sql.placeholder('expectedStatus')),
          eq(table.version, sql.placeholder('expectedVersion')),
`,
    to: '',
    sentence: 'A change overwrites whatever another one made of the row since it was loaded.',
    breaks: [1, 3, 9],
    isHard: true,
  },
  {
    name: 'commits-not-synced',
    file: 'src/db/sqlite/connections.ts',
    from: "connection.pragma('synchronous = FULL');",
    to: "connection.pragma('synchronous = NORMAL');",
    sentence: 'A commit is answered before it is on the disk: a power loss takes it away.',
    breaks: [4, 6],
    isHard: true,
  },
  {
    name: 'recovery-forgets-the-inbox',
    file: 'src/app/recovery.ts',
    from: 'inbox: await stores.inbox.unlockAll(leased),',
    to: 'inbox: 0,',
    sentence: 'Events that were in progress at a crash wait until their leases run out.',
    breaks: [9],
    isHard: true,
  },
  {
    name: 'recovery-forgets-leased-payments',
    file: 'src/app/recovery.ts',
    from: 'payments: await stores.payments.releaseAllPayments(),',
    to: 'payments: 0,',
    sentence: 'Payments that were worked on at a crash keep the lease of the process that died.',
    breaks: [9],
  },
  {
    name: 'backup-without-the-log',
    file: 'src/db/sqlite/copy-sqlite.ts',
    from: 'await source.backup(to, { progress: () => allPages });',
    to: "process.getBuiltinModule('node:fs').copyFileSync(from, to, allPages & 0);",
    sentence: 'A backup copies the file of the database without its write-ahead log.',
    breaks: [11],
  },
  {
    name: 'emptied-lane-keeps-its-depth',
    file: 'src/server/operations/queue-metrics.ts',
    from: 'for (const lane of shown[queue]) {',
    to: 'for (const { lane } of depths) {',
    sentence: 'The gauges of a lane that has become empty show its last depth.',
    breaks: [10],
  },
  {
    name: 'key-in-the-log',
    file: 'src/app/core.ts',
    from: 'const log = toEventLog(createLogger({ level: config.logLevel, secrets: config.secrets, destination }));',
    to: `const log = toEventLog(createLogger({ level: config.logLevel, secrets: [], destination }));
  log.info('settings read', { shop: JSON.stringify([config.storeApi, config.storeWebhook]) });`,
    sentence: 'The settings are logged at the start, by a logger that was not given the secrets.',
    breaks: [10],
  },
  {
    name: 'secret-in-the-answer',
    file: 'src/bot/screens/channels/product-secret.ts',
    from: `text: \`\${warning}\${card.text}\``,
    to: `text: \`\${warning}\${card.text} \${ctx.message.text}\``,
    sentence: 'The chat repeats the license secret that an admin has entrusted to it.',
    breaks: [10],
  },
  {
    name: 'shop-is-sent-its-secret',
    file: 'src/messaging/shop/shop-webhook.ts',
    from: "'user-agent': 'tillkeeper',",
    to: `'user-agent': 'tillkeeper',
            authorization: target.secrets.join(' '),`,
    sentence: 'Each event for the shop has the secret beside it that signs it.',
    breaks: [10],
  },
  {
    name: 'call-counted-twice',
    file: 'src/server/operations/provider-metrics.ts',
    from: 'calls.inc({ provider, operation, outcome });',
    to: 'calls.inc({ provider, operation, outcome }, 2);',
    sentence: 'Each call of a provider counts twice in the metrics.',
    breaks: [10],
  },
  {
    name: 'send-counted-twice',
    file: 'src/server/operations/metrics.ts',
    from: 'countTelegramSend: (send) => sends.inc(send),',
    to: 'countTelegramSend: (send) => sends.inc(send, 2),',
    sentence: 'Each card counts twice in the metrics.',
    breaks: [10],
  },
];
