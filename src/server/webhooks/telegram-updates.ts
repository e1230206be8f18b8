import { Hono } from 'hono';
import type { EventLog } from '#kernel/process.ts';
import type { KeyGuard } from '../kit/key-guard.ts';
import { brokenBody, notFound, problem, refuseOtherMethods, tooLarge, unavailable } from '../kit/problem.ts';
import { readBody } from '../kit/read-body.ts';

/** No update of Telegram comes near this size. */
export const updateBytesMax = 1024 * 1024;

/** A bot that gets its updates by webhook. */
export interface TelegramReceiver {
  /** Accepted values of Telegram's secret header. */
  secrets: readonly string[];
  /** The parsed update; a rejection makes Telegram send it again. */
  handleUpdate(update: unknown): Promise<void>;
}

export interface TelegramRoutesDeps {
  /** By the name in the path; empty when the bots poll. */
  receivers: ReadonlyMap<string, TelegramReceiver>;
  guard: KeyGuard;
  log: EventLog;
}

export function telegramRoutes(deps: TelegramRoutesDeps): Hono {
  const app = new Hono();
  app.post('/telegram/:bot', async (context) => {
    const bot = context.req.param('bot');
    const receiver = deps.receivers.get(bot);
    if (receiver === undefined) return notFound();
    const secret = context.req.header('x-telegram-bot-api-secret-token') ?? '';
    const refusal = deps.guard.refuse(secret, receiver.secrets);
    if (refusal !== undefined) return refusal;
    const body = await readBody(context.req.raw, updateBytesMax);
    if (body.kind === 'too_large') return tooLarge(updateBytesMax);
    if (body.kind === 'broken') return brokenBody();
    const update = parseUpdate(body.bytes);
    if (update === undefined) return problem({ status: 400, detail: 'The body is not an update.' });
    try {
      await receiver.handleUpdate(update);
      return new Response(null, { status: 200 });
    } catch (error) {
      deps.log.error('update not handled', { bot }, error);
      return unavailable({ detail: 'The update could not be handled.', retryAfterSeconds: 1 });
    }
  });
  refuseOtherMethods(app, { path: '/telegram/:bot', allowed: ['POST'] });
  return app;
}

function parseUpdate(bytes: Uint8Array): object | undefined {
  try {
    const value: unknown = JSON.parse(Buffer.from(bytes).toString('utf8'));
    return typeof value === 'object' && value !== null && 'update_id' in value ? value : undefined;
  } catch {
    return undefined;
  }
}
