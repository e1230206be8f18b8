import { type DestinationStream, type Logger, pino, stdTimeFunctions } from 'pino';
import type { EventLog } from '#kernel/process.ts';
import { createRedactor, redactedText } from './redaction.ts';

export const logLevels = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const;
export type LogLevel = (typeof logLevels)[number];

/** Fields that are never logged, at the top level and two levels below it. */
const redactedFields: ReadonlySet<string> = new Set([
  'authorization',
  'cookie',
  'headers',
  'token',
  'secret',
  'password',
  'apiKey',
  'privateKey',
  'body',
  'rawBody',
]);
const redactedLevels = 3;

/** How many causes of an error are logged; bounded, because causes may form a circle. */
const causesMax = 5;

export function createLogger(options: {
  level: LogLevel;
  destination: DestinationStream;
  secrets: readonly string[];
}): Logger {
  return pino(
    {
      level: options.level,
      base: null,
      timestamp: stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }), log: (facts) => withoutSecrets(facts, redactedLevels) },
      serializers: { err: describeError },
      hooks: { streamWrite: createRedactor(options.secrets) },
    },
    options.destination,
  );
}

/**
 * The facts as they are, or a copy without those fields. Pino's own redaction searches each line for each of its paths, which takes as
 * long as all else about the line. An error is described by its named fields only, and left to that.
 */
function withoutSecrets<Facts extends object>(facts: Facts, levels: number): Facts {
  let copy: Facts | undefined;
  for (const [name, value] of Object.entries(facts)) {
    const shown = redactedFields.has(name) ? redactedText : withoutSecretsBelow(value, levels - 1);
    if (shown === value) continue;
    copy ??= copyOf(facts);
    Object.assign(copy, { [name]: shown });
  }
  return copy ?? facts;
}

function withoutSecretsBelow(value: unknown, levels: number): unknown {
  if (typeof value !== 'object' || value === null || value instanceof Error || levels === 0) return value;
  return withoutSecrets(value, levels);
}

function copyOf<Facts extends object>(facts: Facts): Facts {
  return Array.isArray(facts) ? Object.assign([], facts) : { ...facts };
}

/** The port through which the domain reports, kept by pino. */
export function toEventLog(logger: Logger): EventLog {
  return {
    info: (message, facts) => logger.info(facts ?? {}, message),
    warn: (message, facts) => logger.warn(facts ?? {}, message),
    error: (message, facts, cause) =>
      logger.error(cause === undefined ? (facts ?? {}) : { ...facts, err: cause }, message),
  };
}

interface ErrorFacts {
  type: string;
  message: string;
  stack?: string | undefined;
  code?: string;
  cause?: ErrorFacts;
}

/** Named fields only: an error of an HTTP client also carries the request, with its headers and its body. */
function describeError(error: unknown, depth = 0): ErrorFacts {
  if (!(error instanceof Error)) return { type: typeof error, message: String(error) };
  const code = 'code' in error && error.code !== null && error.code !== undefined ? { code: String(error.code) } : {};
  const hasCause = error.cause !== undefined && error.cause !== null && depth < causesMax;
  return {
    type: error.name,
    message: error.message,
    stack: error.stack,
    ...code,
    ...(hasCause ? { cause: describeError(error.cause, depth + 1) } : {}),
  };
}
