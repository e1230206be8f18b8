import { expect } from 'vitest';

interface ProblemBody {
  status: number;
  detail: string;
  code?: string;
  order_id?: string;
  errors?: { pointer?: string; parameter?: string; detail: string }[];
}

/** The problem document of an answer; fails for any other answer. */
export async function problemOf(response: Response, status: number): Promise<ProblemBody> {
  expect(response.headers.get('content-type')).toBe('application/problem+json');
  const body = (await response.json()) as ProblemBody;
  expect({ status: response.status, body }).toMatchObject({ status, body: { status } });
  return body;
}
