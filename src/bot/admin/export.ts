import { InputFile } from 'grammy';
import { adminActor } from '#access/admin.ts';
import { proposeAction } from '#access/pending-actions.ts';
import { type Milliseconds, minute, second } from '#kernel/clock.ts';
import { isProviderName, type ProviderName } from '#kernel/provider-name.ts';
import { exportProvider } from '#payments/export/export-provider.ts';
import { type ExportProgress, exitQuestion, exportView } from '../views/export.ts';
import { confirmMinutes } from '../views/questions.ts';
import type { View } from '../views/view.ts';
import type { AdminEnv, Confirmed, ServedContext } from './env.ts';
import { readGrammyError } from './errors.ts';
import { createExportWriter, type ExportFile, partBytesMax } from './export-files.ts';
import { createProgress } from './progress.ts';
import { editView } from './replies.ts';
import { asGrammySignal } from './sender.ts';

/** Telegram takes about one message a second in a chat. */
const sendEveryMs: Milliseconds = second;
/** A file that was not taken is sent again so often, after what Telegram asks for or a moment. */
const sendTriesMax = 5;
const sendAgainMs: Milliseconds = 3 * second;
const waitMaxMs: Milliseconds = minute;
/** More files than this nobody takes out of a chat. */
const filesMax = 200;

/** The first step: what comes out, and that it is to be kept safe. */
export async function askExit(env: AdminEnv, input: { ctx: ServedContext; provider: ProviderName }): Promise<View> {
  const { ctx, provider } = input;
  const pending = await proposeAction(env, {
    adminId: ctx.from.id,
    action: 'provider.exit',
    payload: { provider },
    forMs: confirmMinutes * minute,
  });
  return exitQuestion({ provider, pendingId: pending.id });
}

export const confirmExit: Confirmed = async (env, ctx, { payload }) => {
  const provider = String(payload['provider']);
  if (!isProviderName(provider)) return 'This provider is not known any more.';
  const first = { provider, tables: [], tablesMax: 0, files: 0, end: 'under_way' } as const;
  const messageId = await editView(ctx, exportView(first));
  if (messageId !== undefined) env.background(exportAll(env, { ctx, messageId, provider }));
  return 'Started.';
};

class ExportEnded extends Error {
  readonly end: Exclude<ExportProgress['end'], 'under_way' | 'done'>;

  constructor(end: ExportEnded['end']) {
    super(`the export ended: ${end}`);
    this.end = end;
  }
}

/** Reads table by table and sends file by file, with one message beside them that says how far it is. */
async function exportAll(
  env: AdminEnv,
  input: { ctx: ServedContext; messageId: number; provider: ProviderName },
): Promise<void> {
  const { ctx, provider } = input;
  const progress = createProgress(env, { chatId: ctx.chat.id, messageId: input.messageId });
  const actor = adminActor(ctx.from.id);
  const tables = await exportProvider(env, { provider, actor, redact: env.redact });
  const rows: { name: string; rows: number }[] = [];
  let files = 0;
  const viewOf = (end: ExportProgress['end']) =>
    exportView({ provider, tables: rows, tablesMax: tables.length, files, end });
  const send = async (file: ExportFile): Promise<void> => {
    if (files >= filesMax) throw new ExportEnded('too_large');
    await sendFile(env, { chatId: ctx.chat.id, file });
    files += 1;
    progress.show(viewOf('under_way'));
    await env.clock.sleep(sendEveryMs, env.stopping);
  };
  let end: ExportProgress['end'] = 'done';
  try {
    for (const table of tables) {
      const counted = { name: table.name, rows: 0 };
      rows.push(counted);
      const writer = createExportWriter({ name: `${provider}-${table.name}`, bytesMax: partBytesMax }, send);
      for await (const page of table.pages()) {
        if (env.stopping.aborted) throw new ExportEnded('stopped');
        await writer.write(page);
        counted.rows += page.length;
      }
      await writer.end();
    }
  } catch (error) {
    end = error instanceof ExportEnded ? error.end : 'failed';
    if (!(error instanceof ExportEnded)) env.log.error('provider not exported', { provider }, error);
  }
  env.log.info('provider exported', { provider, files, end, actor: actor.id });
  await progress.finish(viewOf(end));
}

async function sendFile(env: AdminEnv, input: { chatId: number; file: ExportFile }): Promise<void> {
  const { chatId, file } = input;
  for (let attempt = 1; ; attempt += 1) {
    if (env.stopping.aborted) throw new ExportEnded('stopped');
    try {
      const document = new InputFile(file.bytes, file.name);
      await env.api.sendDocument(chatId, document, { disable_notification: true }, asGrammySignal(env.stopping));
      return;
    } catch (error) {
      const outcome = readGrammyError(error);
      const isHopeless = outcome.kind !== 'slow_down' && outcome.kind !== 'unreachable';
      if (isHopeless || attempt >= sendTriesMax) {
        env.log.warn('file not sent', { reason: outcome.kind });
        throw new ExportEnded(env.stopping.aborted ? 'stopped' : 'failed');
      }
      const waitMs = outcome.kind === 'slow_down' ? outcome.retryAfterMs : sendAgainMs;
      await env.clock.sleep(Math.min(waitMs, waitMaxMs), env.stopping);
    }
  }
}
