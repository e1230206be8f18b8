import { badRequest, conflict, tooManyRequests } from './api-error.ts';
import type { Method, MethodCall } from './method-call.ts';
import { flagParam, integerParam, jsonParam, textParam } from './params.ts';
import { checkWebhookUrl } from './webhook.ts';

export const getUpdates: Method = async ({ platform, bot, params, signal }) => {
  const { queue, webhook } = platform.inbound(bot);
  if (webhook.settings()) {
    throw conflict(
      "can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first",
    );
  }
  return await queue.poll({
    offset: integerParam(params, 'offset'),
    limit: integerParam(params, 'limit'),
    timeoutSeconds: integerParam(params, 'timeout'),
    allowed: allowedUpdates(params),
    signal,
  });
};

function allowedUpdates(params: MethodCall['params']): readonly string[] | undefined {
  const value = jsonParam(params, 'allowed_updates', 'allowed updates');
  if (value === undefined) return undefined;
  if (!Array.isArray(value)) throw badRequest("can't parse allowed updates: Expected an Array of String");
  return value.map(String);
}

export const setWebhook: Method = async (call) => {
  const { platform, bot, params } = call;
  const url = textParam(params, 'url') ?? '';
  if (url === '') return await deleteWebhook(call);
  checkWebhookUrl(url);
  const secretToken = textParam(params, 'secret_token') ?? '';
  if (secretToken.length > 256) throw badRequest('secret token is too long');
  if (!/^[A-Za-z0-9_-]*$/.test(secretToken)) throw badRequest('secret token contains unallowed characters');
  const { queue, webhook } = platform.inbound(bot);
  queue.interrupt('terminated by setWebhook request');
  queue.allow(allowedUpdates(params));
  if (flagParam(params, 'drop_pending_updates')) queue.clear();
  const maxConnections = integerParam(params, 'max_connections') ?? 40;
  webhook.set({ url, maxConnections, ...(secretToken === '' ? {} : { secretToken }) });
  return true;
};

export const deleteWebhook: Method = async ({ platform, bot, params }) => {
  const { queue, webhook } = platform.inbound(bot);
  await webhook.remove();
  if (flagParam(params, 'drop_pending_updates')) queue.clear();
  return true;
};

export const getWebhookInfo: Method = ({ platform, bot }) => {
  const { queue, webhook } = platform.inbound(bot);
  const settings = webhook.settings();
  const lastError = webhook.lastError();
  return {
    url: settings?.url ?? '',
    has_custom_certificate: false,
    pending_update_count: queue.pending(),
    ...(lastError ? { last_error_date: lastError.date, last_error_message: lastError.message } : {}),
    ...(settings ? { max_connections: settings.maxConnections } : {}),
    ...(queue.allowed().length > 0 ? { allowed_updates: queue.allowed() } : {}),
  };
};

/** Leaves the bot's polling as it is: the sandbox is the only server there is to log in to. */
export const logOut: Method = () => true;

/** Telegram refuses this in the first ten minutes of a server; the sandbox is always that young. */
export const close: Method = () => {
  throw tooManyRequests(600);
};
