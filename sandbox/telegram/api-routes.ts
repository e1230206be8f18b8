import { Buffer } from 'node:buffer';
import type { HttpBindings } from '@hono/node-server';
import { RESPONSE_ALREADY_SENT } from '@hono/node-server/utils/response';
import { type Context, Hono } from 'hono';
import { ApiError } from './api-error.ts';
import type { Fault } from './faults.ts';
import { findMethod } from './methods.ts';
import type { SandboxBot } from './model.ts';
import { integerParam, type Params, readParams } from './params.ts';
import type { Platform } from './platform.ts';

type Env = { Bindings: HttpBindings };

/** Carries out one call and writes it into the history, whatever comes of it. */
export async function runMethod(
  platform: Platform,
  call: { bot: SandboxBot; method: string; params: Params; signal: AbortSignal },
): Promise<unknown> {
  const { bot, params, signal } = call;
  const found = findMethod(call.method);
  const method = found?.name ?? call.method;
  const entry = { at: platform.now(), bot: bot.username, method, params: shownParams(params) };
  try {
    if (!found) throw new ApiError(404, 'Not Found: method not found');
    const result = await found.run({ platform, bot, params, signal });
    if (method !== 'getUpdates') platform.record({ ...entry, ok: true, result });
    return result;
  } catch (error) {
    const isRefusal = error instanceof ApiError;
    const description = error instanceof Error ? error.message : String(error);
    platform.record({ ...entry, ok: false, errorCode: isRefusal ? error.code : 500, error: description });
    throw error;
  }
}

/** Parameters as a reader wants them: structured ones parsed, uploads by name and size. */
function shownParams(params: Params): Record<string, unknown> {
  const shown: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(params.fields)) shown[name] = readable(value);
  for (const [name, upload] of params.uploads) shown[name] = { upload: upload.name, bytes: upload.bytes.length };
  return shown;
}

function readable(value: unknown): unknown {
  if (typeof value !== 'string' || !/^[[{]/.test(value)) return value;
  try {
    return JSON.parse(value);
  } catch {
    return value;
  }
}

export function createApiRoutes(platform: Platform): Hono<Env> {
  const app = new Hono<Env>();
  app.use('*', async (context, next) => {
    await next();
    // Its clock is the sandbox's, also in the Date header.
    context.header('date', new Date(platform.now()).toUTCString());
  });
  app.on(['GET', 'POST'], '/:prefix{bot[^/]+}/:method', async (context) => {
    const bot = platform.world.botByToken(decodeURIComponent(context.req.param('prefix').slice('bot'.length)));
    if (!bot) return refuse(context, new ApiError(401, 'Unauthorized'));
    const method = context.req.param('method');
    try {
      const params = await readParams(context.req.raw);
      const call = () => runMethod(platform, { bot, method, params, signal: context.req.raw.signal });
      const fault = platform.faults.next({ bot: bot.username, method, chatId: integerParam(params, 'chat_id') });
      if (fault) return await fail(context, { platform, bot, method, fault, params, call });
      return context.json({ ok: true, result: await call() });
    } catch (error) {
      return refuse(context, error);
    }
  });
  app.get('/file/:prefix{bot[^/]+}/:folder/:name', (context) => {
    const bot = platform.world.botByToken(decodeURIComponent(context.req.param('prefix').slice('bot'.length)));
    if (!bot) return refuse(context, new ApiError(401, 'Unauthorized'));
    const file = platform.files.byPath(`${context.req.param('folder')}/${context.req.param('name')}`);
    if (!file) return refuse(context, new ApiError(404, 'Not Found'));
    return context.body(Buffer.from(file.bytes), 200, { 'content-type': 'application/octet-stream' });
  });
  return app;
}

function refuse(context: Context<Env>, error: unknown): Response {
  const refusal = error instanceof ApiError ? error : new ApiError(500, 'Internal Server Error');
  const { retryAfterSeconds: retryAfter, movedTo } = refusal;
  const parameters = {
    ...(retryAfter === undefined ? {} : { retry_after: retryAfter }),
    ...(movedTo === undefined ? {} : { migrate_to_chat_id: movedTo }),
  };
  const body = {
    ok: false,
    error_code: refusal.code,
    description: refusal.message,
    ...(Object.keys(parameters).length === 0 ? {} : { parameters }),
  };
  if (retryAfter !== undefined) context.header('retry-after', String(retryAfter));
  return context.json(body, refusal.code as 400);
}

interface Failing {
  readonly platform: Platform;
  readonly bot: SandboxBot;
  readonly method: string;
  readonly fault: Fault;
  readonly params: Params;
  readonly call: () => Promise<unknown>;
}

async function fail(context: Context<Env>, { platform, bot, method, fault, params, call }: Failing): Promise<Response> {
  if (fault.afterEffect) await call();
  const error = injectedError(fault);
  const entry = { at: platform.now(), bot: bot.username, method: findMethod(method)?.name ?? method };
  const shown = fault.afterEffect ? {} : shownParams(params);
  platform.record({ ...entry, params: shown, ok: false, errorCode: error.code, error: `${error.message} (injected)` });
  if (error.code > 0) return refuse(context, error);
  const { socket } = context.env.incoming;
  if (fault.kind === 'reset') socket.resetAndDestroy();
  else if (!socket.destroyed) await new Promise<void>((resolve) => socket.once('close', () => resolve()));
  return RESPONSE_ALREADY_SENT;
}

function injectedError(fault: Fault): ApiError {
  const seconds = fault.retryAfterSeconds ?? 1;
  if (fault.kind === 'flood')
    return new ApiError(429, `Too Many Requests: retry after ${seconds}`, { retryAfterSeconds: seconds });
  if (fault.kind === 'refuse') {
    return new ApiError(fault.refusal?.code ?? 400, fault.refusal?.description ?? 'Bad Request: REFUSED');
  }
  if (fault.kind === 'error_500') return new ApiError(500, 'Internal Server Error');
  return new ApiError(0, fault.kind === 'reset' ? 'connection reset' : 'no answer');
}
