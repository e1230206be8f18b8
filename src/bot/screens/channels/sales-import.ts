// A seller's export, dropped into the chat. What waits for the second tap is the file's id at Telegram and its hash, so that
// what is carried out is what was shown.

import { createHash } from 'node:crypto';
import { InputFile } from 'grammy';
import { adminActor } from '#access/admin.ts';
import { proposeAction } from '#access/pending-actions.ts';
import { minute } from '#kernel/clock.ts';
import { type ProviderName, providerTitle } from '#kernel/provider-name.ts';
import { importExport, planImport } from '#payments/channels/import-export.ts';
import type { ChannelExport } from '#payments/ports/sales-channel.ts';
import { downloadFile } from '../../files/download.ts';
import type { DocumentContext } from '../../kit/contexts.ts';
import type { AdminEnv } from '../../kit/env.ts';
import { reasonMinutes } from '../../kit/reason-question.ts';
import { editView, replyText, replyView, showTyping } from '../../kit/replies.ts';
import type { Confirmed } from '../../kit/screen.ts';
import { channelNames } from './channels.ts';
import { notAnExportText } from './export-faults.ts';
import { type ImportAbout, importPlan, importReport, importResult, importUnderWay } from './sales-import-view.ts';

/** A line of an export has some hundred bytes; this is years of a small shop. */
const exportBytesMax = 4 * 1024 * 1024;
const textTypes = /^(?:text\/|application\/(?:csv|vnd\.ms-excel|octet-stream)$)/i;

export async function takeDocument(env: AdminEnv, ctx: DocumentContext): Promise<void> {
  const { file_id: fileId, file_name: name = 'file', mime_type: type = '' } = ctx.message.document;
  const [provider] = channelNames(env);
  if (provider === undefined) {
    await replyText(ctx, 'I read sales exports of a sales channel only, and none is set up.');
    return;
  }
  if (!/\.(?:csv|txt|tsv)$/i.test(name) || (type !== '' && !textTypes.test(type))) {
    await replyText(ctx, `I read sales exports of ${providerTitle(provider)} only: a CSV file.`);
    return;
  }
  await showTyping(ctx);
  const read = await readExport(env, { fileId, provider });
  if ('fault' in read) {
    await replyText(ctx, read.fault);
    return;
  }
  const { exported, hash } = read;
  const plan = await planImport(env, { provider, sales: exported.sales });
  const pending = await proposeAction(env, {
    adminId: ctx.from.id,
    action: 'sales.compare',
    payload: { fileId, name, hash, provider },
    forMs: reasonMinutes * minute,
  });
  const about: ImportAbout = { provider, fileName: name, unreadable: exported.unreadable };
  await replyView(ctx, importPlan(plan, { ...about, ...env.presentation(), pendingId: pending.id }));
}

export const confirmImport: Confirmed = async (env, ctx, { payload }) => {
  const provider = env.providers.list().find(({ name }) => name === payload['provider'])?.name;
  if (provider === undefined) return `${providerTitle(String(payload['provider']))} is not set up any more.`;
  const fileName = String(payload['name']);
  const read = await readExport(env, { fileId: String(payload['fileId']), provider });
  if ('fault' in read) return read.fault;
  if (read.hash !== payload['hash']) return 'The file is not the one that was shown: send it again.';
  const { sales, unreadable } = read.exported;
  await editView(ctx, importUnderWay(sales.length, provider));
  const result = await importExport(env, { provider, sales, fileName, actor: adminActor(ctx.from.id) });
  const about: ImportAbout = { provider, fileName, unreadable };
  await editView(ctx, importResult(result, about));
  const report = new InputFile(await importReport(result, about), `reconciled-${fileName}`);
  await ctx.replyWithDocument(report, { caption: 'Every difference, line by line.' });
  return 'Compared.';
};

type ReadExport = { exported: Extract<ChannelExport, { kind: 'read' }>; hash: string } | { fault: string };

async function readExport(env: AdminEnv, input: { fileId: string; provider: ProviderName }): Promise<ReadExport> {
  const download = await downloadFile(env, { fileId: input.fileId, bytesMax: exportBytesMax });
  if (download.kind === 'too_large') return { fault: `The file is larger than ${exportBytesMax / 1024 / 1024} MB.` };
  if (download.kind === 'failed') return { fault: `The file could not be fetched: ${download.reason}.` };
  const { bytes } = download;
  const exported = await env.providers.find(input.provider)?.sales?.readExport(bytes);
  if (exported?.kind !== 'read') {
    return { fault: `That is no sales export. ${exported === undefined ? '' : notAnExportText(exported)}` };
  }
  return { exported, hash: createHash('sha256').update(bytes).digest('base64url') };
}
