// What the routes and their descriptions share.
import type { OpenAPIHono } from '@hono/zod-openapi';
import type { BlankEnv } from 'hono/types';
import { problemContentType, problemSchema } from '../kit/problem.ts';

export type StoreApi = OpenAPIHono<BlankEnv>;

export const ordersTag = { name: 'Orders', description: 'What customers buy, and how it is paid' };

export const bearer = [{ storeKey: [] }];

export function problemOf(description: string) {
  return { description, content: { [problemContentType]: { schema: problemSchema } } };
}

export function jsonOf<Schema>(description: string, schema: Schema) {
  return { description, content: { 'application/json': { schema } } };
}

/** Answers that every route may give. */
export const refusals = {
  401: problemOf('The bearer key is missing or wrong.'),
  404: problemOf('There is no such order, or the store API is switched off.'),
  429: problemOf('Too many wrong bearer keys came; a right one passes all the same.'),
  503: problemOf('Nothing can be read or stored right now; send the same request again.'),
};

export const bodyRefusals = {
  400: problemOf('The body is not JSON, or the Idempotency-Key is malformed.'),
  413: problemOf('The body is too large.'),
  415: problemOf('The body is not application/json.'),
};
