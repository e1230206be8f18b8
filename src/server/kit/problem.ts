// Every answer that is not a success is a problem document (RFC 9457). It names faults of the request; faults of the server go
// to the log only.
import { STATUS_CODES } from 'node:http';
import { z } from '@hono/zod-openapi';
import type { Hono, TypedResponse } from 'hono';
import type { StatusCode } from 'hono/utils/http-status';

const faultSchema = z.strictObject({
  pointer: z.string().optional().openapi({ description: 'JSON pointer into the body.' }),
  parameter: z.string().optional().openapi({ description: 'Name of a query parameter or header.' }),
  detail: z.string(),
});

/** One thing that is wrong with a request: where it is, and what. */
export type Fault = z.output<typeof faultSchema>;

export const problemSchema = z
  .strictObject({
    type: z.string(),
    title: z.string(),
    status: z.number(),
    detail: z.string().openapi({ description: 'A sentence for people.' }),
    code: z.string().optional().openapi({ description: 'A word for programs, where the status does not say enough.' }),
    order_id: z.string().optional().openapi({ description: 'The order that was created and has no payment yet.' }),
    order_number: z.string().optional(),
    provider: z.string().optional().openapi({ description: 'The provider that did not take the payment.' }),
    errors: z.array(faultSchema).optional(),
  })
  .openapi('Problem', { description: 'RFC 9457' });

type ProblemDocument = z.output<typeof problemSchema>;

/** An answer whose status and document the described routes are checked against. */
export type ProblemAnswer<Status extends StatusCode> = Response & TypedResponse<ProblemDocument, Status, 'json'>;

type Problem<Status> = Omit<ProblemDocument, 'type' | 'title' | 'status'> & {
  status: Status;
  headers?: Record<string, string>;
};

export const problemContentType = 'application/problem+json';

export function problem<Status extends StatusCode>(input: Problem<Status>): ProblemAnswer<Status> {
  const { status, detail, code, headers, errors, ...members } = input;
  const title = STATUS_CODES[status] ?? 'Error';
  const document: ProblemDocument = { type: 'about:blank', title, status, detail, code, ...members, errors };
  const allHeaders = { 'content-type': problemContentType, 'cache-control': 'no-store', ...headers };
  // The document and the status are those of the type; TypedResponse has no members of its own at run time.
  return new Response(JSON.stringify(document), { status, headers: allHeaders }) as ProblemAnswer<Status>;
}

export function notFound(): ProblemAnswer<404> {
  return problem({ status: 404, detail: 'There is nothing at this address.' });
}

export function tooLarge(maxBytes: number): ProblemAnswer<413> {
  // The rest of the body is not read, so the connection cannot be used again.
  const headers = { connection: 'close' };
  return problem({ status: 413, detail: `The body may have at most ${maxBytes} bytes.`, headers });
}

export function brokenBody(): ProblemAnswer<400> {
  return problem({ status: 400, detail: 'The body did not arrive whole.', headers: { connection: 'close' } });
}

/** For a temporary failure of the server. */
export function unavailable(input: { detail: string; retryAfterSeconds: number }): ProblemAnswer<503> {
  return problem({
    status: 503,
    detail: input.detail,
    headers: { 'retry-after': String(input.retryAfterSeconds) },
  });
}

/** Answers 405 on this path for every method that has no handler yet; call it after the handlers. */
export function refuseOtherMethods(app: Hono, input: { path: string; allowed: readonly string[] }): void {
  const allow = input.allowed.join(', ');
  app.all(input.path, () =>
    problem({ status: 405, detail: `This address answers to ${allow} only.`, headers: { allow } }),
  );
}
