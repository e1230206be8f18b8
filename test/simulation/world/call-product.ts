// Calls of the product by people and programs that are not the shop: monitors, and strangers.
import { type Milliseconds, second } from '#kernel/clock.ts';
import { addresses } from './settings.ts';
import type { World } from './world.ts';

export interface Called {
  readonly status: number;
  readonly text: string;
}

const answerMaxMs: Milliseconds = 10 * second;

/** Undefined when no answer comes in time, or none at all. */
export async function callProduct(
  world: Pick<World, 'network' | 'deadline'>,
  call: { method?: string; path: string; headers?: Readonly<Record<string, string>>; body?: string | Uint8Array },
): Promise<Called | undefined> {
  const { method = 'GET', path, headers = {}, body } = call;
  const request = { method, url: `http://${addresses.product}${path}`, headers: new Headers(headers), body };
  try {
    const answer = await world.network.call(request, world.deadline(answerMaxMs));
    return { status: answer.status, text: new TextDecoder().decode(answer.body) };
  } catch {
    // No answer is an outcome here, whatever its cause.
    return undefined;
  }
}
