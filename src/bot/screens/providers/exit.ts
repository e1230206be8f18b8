import { adminActor } from '#access/admin.ts';
import { exportProvider } from '#exports/export-provider.ts';
import { isProviderName, type ProviderName } from '#kernel/provider-name.ts';
import { createExportWriter, type ExportFile, partBytesMax } from '../../files/export-files.ts';
import { createProgress } from '../../files/progress.ts';
import { ExportEnded, sendFile } from '../../files/send-file.ts';
import { askToConfirm } from '../../kit/confirmation.ts';
import type { ServedContext } from '../../kit/contexts.ts';
import type { AdminEnv } from '../../kit/env.ts';
import { editView, outOfDate } from '../../kit/replies.ts';
import type { Confirmed } from '../../kit/screen.ts';
import type { View } from '../../text/view.ts';
import { type ExportProgress, exitQuestion, exportView } from './exit-view.ts';

/** More files than this nobody takes out of a chat. */
const filesMax = 200;

/** The first step: what comes out, and that it is to be kept safe. */
export function askExit(env: AdminEnv, input: { ctx: ServedContext; provider: ProviderName }): Promise<View> {
  const { ctx, provider } = input;
  return askToConfirm(env, {
    adminId: ctx.from.id,
    action: 'provider.exit',
    payload: { provider },
    question: exitQuestion(provider),
  });
}

export const confirmExit: Confirmed = async (env, ctx, { payload }) => {
  const provider = String(payload['provider']);
  if (!isProviderName(provider)) return 'This provider is not known any more.';
  const first = { provider, tables: [], tablesMax: 0, files: 0, end: 'under_way' } as const;
  const messageId = await editView(ctx, exportView(first));
  if (messageId === undefined) return outOfDate;
  const work = (): Promise<void> => exportAll(env, { ctx, messageId, provider });
  env.background(env.fileTurns.run(String(ctx.chat.id), work));
  return 'Started.';
};

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
    await sendFile(env, { chatId: ctx.chat.id, file, replyTo: input.messageId });
    files += 1;
    progress.show(viewOf('under_way'));
  };
  let end: ExportProgress['end'] = 'done';
  try {
    for (const table of tables) {
      const counted = { name: table.name, rows: 0 };
      rows.push(counted);
      // Read once for each kind of file, so that the parts of a long one follow each other.
      for (const format of ['csv', 'jsonl'] as const) {
        const name = `${provider}-${table.name}`;
        const writer = createExportWriter({ name, bytesMax: partBytesMax, formats: [format] }, send);
        counted.rows = 0;
        for await (const page of table.pages()) {
          if (env.stopping.aborted) throw new ExportEnded('stopped');
          await writer.write(page);
          counted.rows += page.length;
        }
        await writer.end();
      }
    }
  } catch (error) {
    end = error instanceof ExportEnded ? error.end : 'failed';
    if (!(error instanceof ExportEnded)) env.log.error('provider not exported', { provider }, error);
  }
  env.log.info('provider exported', { provider, files, end, actor: actor.id });
  await progress.finish(viewOf(end));
}
