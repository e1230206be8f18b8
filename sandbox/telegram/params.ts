import { ApiError, badRequest } from './api-error.ts';

/** Telegram takes at most 50 MB in one request. */
const bodyBytesMax = 50 * 1024 * 1024;

export interface Upload {
  readonly name: string;
  readonly mimeType: string;
  readonly bytes: Uint8Array;
}

/** Parameters of one call, wherever they came from: query, JSON, form or multipart. A body wins over the query. */
export interface Params {
  readonly fields: Readonly<Record<string, unknown>>;
  readonly uploads: ReadonlyMap<string, Upload>;
}

export async function readParams(request: Request): Promise<Params> {
  const fields: Record<string, unknown> = Object.fromEntries(new URL(request.url).searchParams);
  const uploads = new Map<string, Upload>();
  if (request.method !== 'POST') return { fields, uploads };
  if (Number(request.headers.get('content-length') ?? 0) > bodyBytesMax) throw tooLarge();
  const type = (request.headers.get('content-type') ?? '').toLowerCase();
  if (type.startsWith('application/json')) Object.assign(fields, await readJson(request));
  else if (type.startsWith('multipart/form-data') || type.startsWith('application/x-www-form-urlencoded')) {
    const form = await request.formData().catch(() => {
      throw badRequest("can't parse the request body");
    });
    for (const [name, value] of form) {
      if (typeof value === 'string') fields[name] = value;
      else uploads.set(name, await readUpload(value));
    }
  }
  return { fields, uploads };
}

function tooLarge(): ApiError {
  return new ApiError(413, 'Request Entity Too Large');
}

async function readJson(request: Request): Promise<object> {
  const text = await request.text();
  if (text.trim() === '') return {};
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null) return value;
  } catch {
    // Falls through to the one refusal for everything that is not a JSON object.
  }
  throw badRequest("can't parse JSON object");
}

async function readUpload(file: File): Promise<Upload> {
  const bytes = new Uint8Array(await file.arrayBuffer());
  if (bytes.length > bodyBytesMax) throw tooLarge();
  return { name: file.name, mimeType: file.type, bytes };
}

export function textParam(params: Params, name: string): string | undefined {
  const value = params.fields[name];
  if (value === undefined || value === null) return undefined;
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

export function integerParam(params: Params, name: string): number | undefined {
  const value = textParam(params, name);
  return value !== undefined && /^-?\d{1,16}$/.test(value.trim()) ? Number(value) : undefined;
}

export function flagParam(params: Params, name: string): boolean {
  return ['true', 'yes', '1'].includes(textParam(params, name)?.toLowerCase() ?? '');
}

/** Structured parameters arrive as JSON text or, in a JSON body, as they are. */
export function jsonParam(params: Params, name: string, what: string): unknown {
  const value = params.fields[name];
  if (typeof value !== 'string') return value ?? undefined;
  if (value.trim() === '') return undefined;
  try {
    return JSON.parse(value);
  } catch {
    throw badRequest(`can't parse ${what} JSON object`);
  }
}
