import type { ZodType } from 'zod';
import { ProviderRejected } from '../../ports/provider-errors.ts';
import type { ProviderHttp } from '../http/client.ts';
import { type BitpayKey, bitpayHeaders } from './signing.ts';

/** Token and key of the merchant facade; without it there is no list, no cancel, no refund and no ledger. */
export interface MerchantAccess {
  token: string;
  key: BitpayKey;
}

interface MerchantCall<T> {
  operation: string;
  path: string;
  schema: ZodType<T>;
  signal?: AbortSignal | undefined;
}

export interface BitpayMerchantClient {
  /** Repeated by itself: a read, or a DELETE, which has one effect. `token`: that of the resource, if not our own. */
  call<T>(
    call: MerchantCall<T> & { method: 'GET' | 'DELETE'; query?: Record<string, string>; token?: string },
  ): Promise<T>;
  /** Sent once. `fields` is a JSON object without its opening brace; the token is put before it. */
  post<T>(call: MerchantCall<T> & { fields: string }): Promise<T>;
}

/** BitPay: Facades and request signing. Undefined access is refused before anything is sent. */
export function createBitpayMerchantClient(
  http: ProviderHttp,
  options: { apiUrl: string; merchant: MerchantAccess | undefined },
): BitpayMerchantClient {
  return {
    async call({ query, token, ...request }) {
      const { key, token: ours } = neededMerchant(options.merchant, request.operation);
      const url = `${options.apiUrl}${request.path}?${new URLSearchParams({ token: token ?? ours, ...query })}`;
      const headers = () => bitpayHeaders({ url }, key);
      return (await http.call({ ...request, url, headers, isRepeatable: true })).value;
    },
    async post({ fields, ...request }) {
      const { key, token } = neededMerchant(options.merchant, request.operation);
      const url = `${options.apiUrl}${request.path}`;
      const body = `{"token":${JSON.stringify(token)},${fields}`;
      const headers = () => bitpayHeaders({ url, body }, key);
      return (await http.call({ ...request, method: 'POST', url, body, headers, isRepeatable: false })).value;
    },
  };
}

function neededMerchant(merchant: MerchantAccess | undefined, operation: string): MerchantAccess {
  if (merchant !== undefined) return merchant;
  const message = `${operation}: BitPay needs BITPAY_MERCHANT_TOKEN and BITPAY_PRIVATE_KEY for this`;
  throw new ProviderRejected({ provider: 'bitpay', operation, code: null, httpStatus: null, message });
}
