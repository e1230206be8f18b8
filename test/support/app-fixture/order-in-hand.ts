import { request } from 'node:http';
import { orderBody } from './shop-client.ts';
import { storeKey } from './world.ts';

/** An order whose body waits for `finish`, which gives the status of its answer; resolves once the server has it in hand. */
export async function beginOrder(url: string): Promise<{ finish(): Promise<number | undefined> }> {
  const body = JSON.stringify(orderBody());
  const headers = {
    authorization: `Bearer ${storeKey}`,
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(body),
    expect: '100-continue',
  };
  const inHand = Promise.withResolvers<void>();
  const answered = Promise.withResolvers<number | undefined>();
  answered.promise.catch(() => undefined);
  const sent = request(`${url}/v1/orders`, { method: 'POST', headers });
  sent.on('continue', () => inHand.resolve());
  sent.on('response', (response) => {
    response.resume().on('end', () => answered.resolve(response.statusCode));
  });
  sent.on('error', (error) => {
    inHand.reject(error);
    answered.reject(error);
  });
  sent.flushHeaders();
  await inHand.promise;
  return {
    finish() {
      sent.end(body);
      return answered.promise;
    },
  };
}
