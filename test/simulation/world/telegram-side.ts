// Telegram with its people, in simulated time. (Its stand-in until the sandbox works without a server.)
import type { Stream } from '../engine/random.ts';
import type { Network } from '../machine/network.ts';
import { addresses, type ShopSettings } from './settings.ts';

export interface TelegramSide {
  readonly calls: number;
}

export function createTelegramSide(deps: {
  network: Network;
  now(): number;
  wait(ms: number): Promise<void>;
  chance: Stream;
  settings: ShopSettings;
}): TelegramSide {
  let calls = 0;
  deps.network.listen(addresses.telegram, async (request, connection) => {
    const method = new URL(request.url).pathname.split('/').at(-1);
    calls += 1;
    if (method === 'getUpdates') {
      await deps.wait(30_000);
      return Response.json({ ok: true, result: [] });
    }
    void connection;
    if (method === 'getMe')
      return Response.json({ ok: true, result: { id: 1, is_bot: true, first_name: 'T', username: 't_bot' } });
    return Response.json({
      ok: true,
      result: method?.startsWith('send') ? { message_id: calls, date: 1, chat: { id: 42, type: 'private' } } : true,
    });
  });
  return {
    get calls() {
      return calls;
    },
  };
}
