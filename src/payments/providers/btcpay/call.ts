import type { ZodType } from 'zod';
import type { ProviderHttp } from '../http/client.ts';

export interface BtcpayRequest<T> {
  operation: string;
  method: 'GET' | 'POST' | 'DELETE';
  /** Below `/api/v1`. */
  path: string;
  body?: string;
  schema: ZodType<T>;
  signal?: AbortSignal | undefined;
}

export type BtcpayCall = <T>(request: BtcpayRequest<T>) => Promise<T>;

/** BTCPay Server: Greenfield API. A POST is never repeated by itself: the server knows no idempotency key. */
export function createBtcpayCall(http: ProviderHttp, options: { url: string; apiKey: string }): BtcpayCall {
  return async (request) => {
    const headers: Record<string, string> = { Authorization: `token ${options.apiKey}` };
    if (request.body !== undefined) headers['Content-Type'] = 'application/json';
    const url = `${options.url}/api/v1${request.path}`;
    return (await http.call({ ...request, url, headers: () => headers, isRepeatable: request.method !== 'POST' }))
      .value;
  };
}
