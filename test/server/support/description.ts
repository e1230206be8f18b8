// The served OpenAPI document, read as a client reads it: independent of the schemas that made it.
import type { Hono } from 'hono';
import { expect } from 'vitest';
import { z } from 'zod';

type Json = string | number | boolean | null | Json[] | { [key: string]: Json };
type JsonSchema = Parameters<typeof z.fromJSONSchema>[0];

interface Media {
  schema: Json;
  example?: Json;
}

export interface Operation {
  tags?: string[];
  operationId?: string;
  summary?: string;
  description?: string;
  requestBody?: { content: Record<string, Media> };
  responses: Record<string, { description: string; content: Record<string, Media> }>;
}

export interface Description {
  openapi: string;
  tags: { name: string; description: string }[];
  paths: Record<string, Record<string, Operation>>;
  components: { schemas: Record<string, Json> };
}

export async function readDescription(app: Hono): Promise<Description> {
  return (await (await app.request('/openapi.json')).json()) as Description;
}

/** The schema with what it refers to put in its place. */
export function schemaOf(description: Description, schema: Json): z.ZodType {
  return z.fromJSONSchema(inline(description, schema) as JsonSchema);
}

function inline(description: Description, schema: Json): Json {
  if (Array.isArray(schema)) return schema.map((item) => inline(description, item));
  if (typeof schema !== 'object' || schema === null) return schema;
  const reference = schema['$ref'];
  if (typeof reference === 'string') {
    return inline(description, description.components.schemas[reference.split('/').at(-1) ?? ''] ?? false);
  }
  return Object.fromEntries(Object.entries(schema).map(([key, value]) => [key, inline(description, value)]));
}

const descriptions = new WeakMap<Hono, Promise<Description>>();

/** Fails for an answer of a described route that the description does not allow. */
export async function expectDescribed(app: Hono, request: { method: string; path: string }, response: Response) {
  if (!descriptions.has(app)) descriptions.set(app, readDescription(app));
  const description = await descriptions.get(app);
  const path = new URL(request.path, 'http://till.example').pathname;
  const [template = ''] = Object.keys(description?.paths ?? {}).filter((known) => pathPattern(known).test(path));
  const operation = description?.paths[template]?.[request.method.toLowerCase()];
  if (description === undefined || operation === undefined || response.status === 500) return;
  const type = response.headers.get('content-type') ?? '';
  const { schema = false } = operation.responses[response.status]?.content[type] ?? {};
  const parsed = schemaOf(description, schema).safeParse(await response.clone().json());
  const where = `${request.method} ${template} ${response.status} ${type}`;
  expect({ where, faults: parsed.error?.issues ?? [] }).toEqual({ where, faults: [] });
}

function pathPattern(template: string): RegExp {
  return new RegExp(`^${template.replaceAll(/\{\w+\}/g, '[^/]+')}$`);
}

/** Every schema with an example in it, wherever it stands in the document. */
export function exampleSchemas(value: Json): { example: Json; schema: Json }[] {
  if (Array.isArray(value)) return value.flatMap(exampleSchemas);
  if (typeof value !== 'object' || value === null) return [];
  const inner = Object.values(value).flatMap(exampleSchemas);
  if (!('example' in value) || !('type' in value)) return inner;
  const { example = null, ...schema } = value;
  return [...inner, { example, schema }];
}
