import type { ProviderName } from '#kernel/provider-name.ts';
import { ProviderRejected } from '../../ports/provider-errors.ts';

/** The refusal of a call that the provider, or this set-up of it, cannot carry out: nothing is sent. */
export function unsupported(provider: ProviderName, about: { operation: string; why: string }): ProviderRejected {
  const { operation, why } = about;
  return new ProviderRejected({ provider, operation, code: null, httpStatus: null, message: `${operation}: ${why}` });
}

/** A list that refuses when it is read. */
export function unsupportedList(provider: ProviderName, why: string): AsyncIterable<never> {
  const next = () => Promise.reject(unsupported(provider, { operation: 'list_payments', why }));
  return { [Symbol.asyncIterator]: () => ({ next }) };
}
