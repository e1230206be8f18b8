import { Buffer } from 'node:buffer';
import { type Context, Hono } from 'hono';
import type { Connection } from '../kit/connection.ts';
import { ApiError } from './api-error.ts';
import type { Fault } from './faults.ts';
import { findMethod } from './methods.ts';
import type { SandboxBot } from './model.ts';
import { integerParam, type Params, readParams } from './params.ts';
import type { Platform } from './platform.ts';

/** What comes along with each call within the sandbox. */
export type CallEnv = { Bindings: { readonly connection: Connection } };
type Env = CallEnv;

/** Carries out one call and writes it into the history, whatever comes of it. */
export async function runMethod(
  platform: Platform,
  call: { bot: SandboxBot; method: string; params: Params; signal?: AbortSignal | undefined },
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
      const { connection } = context.env;
      if (platform.outage.kind() !== 'none') return await fallOut(context, { platform, bot, method, params });
      const isPoll = method.toLowerCase() === 'getupdates';
      const call = () => runMethod(platform, { bot, method, params, ...(isPoll && { signal: connection.signal }) });
      const fault = platform.faults.next({ bot: bot.username, method, chatId: integerParam(params, 'chat_id') });
      if (fault) return await fail(context, { platform, bot, method, fault, params, call });
      const result = await call();
      // The outage may have begun while a poll was waiting.
      if (platform.outage.kind() !== 'none') return await fallOut(context, { platform, bot, method, params });
      return context.json({ ok: true, result });
    } catch (error) {
      return refuse(context, error);
    }
  });
  app.get('/file/:prefix{bot[^/]+}/:folder/:name', (context) => {
    const { connection } = context.env;
    const outage = platform.outage.kind();
    if (outage !== 'none') return outage === 'unreachable' ? connection.cut() : refuse(context, badGateway());
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

interface Failing extends FallingOut {
  readonly fault: Fault;
  readonly call: () => Promise<unknown>;
}

/** The reason of a call that was cut off; any other without a status gets no answer. */
const cutOff = 'connection reset';

interface FallingOut {
  readonly platform: Platform;
  readonly bot: SandboxBot;
  readonly method: string;
  readonly params: Params;
}

function badGateway(): ApiError {
  return new ApiError(502, 'Bad Gateway');
}

/** What a call meets during an outage. */
function fallOut(context: Context<Env>, at: FallingOut): Promise<Response> {
  const isCut = at.platform.outage.kind() === 'unreachable';
  return answerFault(context, at, isCut ? new ApiError(0, cutOff) : badGateway());
}

async function fail(context: Context<Env>, { fault, call, ...at }: Failing): Promise<Response> {
  if (fault.afterEffect) await call();
  const params = fault.afterEffect ? { fields: {}, uploads: new Map() } : at.params;
  return answerFault(context, { ...at, params }, injectedError(fault));
}

/** Without a status the call is cut off, or gets no answer at all. */
async function answerFault(context: Context<Env>, at: FallingOut, error: ApiError): Promise<Response> {
  const { platform, bot, method, params } = at;
  const entry = { at: platform.now(), bot: bot.username, method: findMethod(method)?.name ?? method };
  platform.record({
    ...entry,
    params: shownParams(params),
    ok: false,
    errorCode: error.code,
    error: `${error.message} (injected)`,
  });
  if (error.code > 0) return refuse(context, error);
  const { connection } = context.env;
  return error.message === cutOff ? connection.cut() : connection.hold();
}

function injectedError(fault: Fault): ApiError {
  const seconds = fault.retryAfterSeconds ?? 1;
  if (fault.kind === 'flood')
    return new ApiError(429, `Too Many Requests: retry after ${seconds}`, { retryAfterSeconds: seconds });
  if (fault.kind === 'refuse') {
    return new ApiError(fault.refusal?.code ?? 400, fault.refusal?.description ?? 'Bad Request: REFUSED');
  }
  if (fault.kind === 'error_500') return new ApiError(500, 'Internal Server Error');
  return new ApiError(0, fault.kind === 'reset' ? cutOff : 'no answer');
}
