// A process waits for Telegram's answer to the first message about a case before it sends a second one to that chat.

import type { HttpRequest } from '../../machine/network.ts';
import { bots } from '../../world/settings.ts';
import type { World } from '../../world/world.ts';
import type { Invariant } from '../invariant.ts';

const cardButton = /alert(?:_group)?:\w+:([\w-]{22})/;

export const sendsInTurn: Invariant = {
  number: 5,
  promise: 'No process sends a second card of a case to a chat while it waits for the answer to the first.',
  begin(world) {
    /** By process, case and chat; neither answered nor given up. */
    const onTheWay = new Map<HttpRequest, Sending>();
    world.onPassed(({ request, answer }) => {
      if (answer !== undefined) return void onTheWay.delete(request);
      const sending = sendingOf(world, request);
      if (sending === undefined) return;
      for (const { by, what } of onTheWay.values()) {
        if (by === sending.by && what === sending.what)
          world.complaints.push({ invariant: 5, text: `${what} is sent a second time before the first is answered` });
      }
      onTheWay.set(request, sending);
    });
    world.onLost((request) => void onTheWay.delete(request));
  },
};

interface Sending {
  /** The process. */
  readonly by: unknown;
  readonly what: string;
}

/** Undefined for what is no card of a case. */
function sendingOf({ machine }: World, { url, body }: HttpRequest): Sending | undefined {
  if (!url.endsWith('/sendMessage') || typeof body !== 'string') return undefined;
  const id = cardButton.exec(body)?.[1];
  const bot = bots.find(({ token }) => url.includes(`/bot${token}/`))?.username;
  if (id === undefined || bot === undefined) return undefined;
  const { chat_id: chatId } = JSON.parse(body) as { chat_id: number };
  return { by: machine.runtime(), what: `the card of case ${id} in ${bot} ${chatId}` };
}
