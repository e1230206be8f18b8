import { onTestFinished } from 'vitest';
import { startTelegramSandbox, type TelegramSandbox, type TelegramSandboxOptions } from '#sandbox/telegram/server.ts';

export const adminToken = '1001:admin-token';
export const pagerToken = '1002:pager-token';
export const ada = { id: 42, firstName: 'Ada', username: 'ada' };
export const bob = { id: 43, firstName: 'Bob' };
export const team = { id: -100500, title: 'Team', users: [42, 43], bots: ['till_bot', 'pager_bot'] };

/** A sandbox with two bots, two users and a group; it stops with the test. */
export async function openSandbox(options: Partial<TelegramSandboxOptions> = {}): Promise<TelegramSandbox> {
  const sandbox = await startTelegramSandbox({
    bots: [
      { token: adminToken, username: 'till_bot', name: 'Till' },
      { token: pagerToken, username: 'pager_bot', name: 'Pager', rings: true },
    ],
    users: [ada, bob],
    groups: [team],
    startedChats: [{ userId: ada.id, bot: 'till_bot' }],
    ...options,
  });
  onTestFinished(() => sandbox.stop());
  return sandbox;
}

export interface Answer {
  readonly ok: boolean;
  readonly result?: unknown;
  readonly error_code?: number;
  readonly description?: string;
  readonly parameters?: { readonly retry_after?: number };
}

/** One raw call, as curl would make it. */
export async function call(
  sandbox: TelegramSandbox,
  method: string,
  body: { readonly token?: string; readonly signal?: AbortSignal; readonly [name: string]: unknown } = {},
): Promise<Answer> {
  const { token = adminToken, signal, ...params } = body;
  const response = await fetch(`${sandbox.url}/bot${token}/${method}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(params),
    ...(signal ? { signal } : {}),
  });
  const answer = (await response.json()) as Answer;
  if (!answer.ok && response.status !== answer.error_code) throw new Error(`status ${response.status} and code differ`);
  return answer;
}

/** `code description` of a refusal, or what came instead. */
export async function refusal(
  sandbox: TelegramSandbox,
  method: string,
  body: Readonly<Record<string, unknown>> = {},
): Promise<string> {
  const answer = await call(sandbox, method, body);
  return answer.ok ? `accepted: ${JSON.stringify(answer.result)}` : `${answer.error_code} ${answer.description}`;
}

export async function sent(
  sandbox: TelegramSandbox,
  body: Readonly<Record<string, unknown>>,
): Promise<{ message_id: number } & Record<string, unknown>> {
  const answer = await call(sandbox, 'sendMessage', { chat_id: ada.id, ...body });
  if (!answer.ok) throw new Error(answer.description);
  return answer.result as { message_id: number };
}

/** A one-pixel PNG header of the given size: enough for whoever only measures pictures. */
export function png(width: number, height: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(33);
  bytes.set([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0, 0, 0, 13, 0x49, 0x48, 0x44, 0x52]);
  const view = new DataView(bytes.buffer);
  view.setUint32(16, width);
  view.setUint32(20, height);
  return bytes;
}
