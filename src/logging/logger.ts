import { type DestinationStream, type Logger, pino, stdTimeFunctions } from 'pino';
import type { EventLog } from '#kernel/process.ts';
import { createRedactor, redactedText } from './redaction.ts';

export const logLevels = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const;
export type LogLevel = (typeof logLevels)[number];

/** Fields that are never logged, at the top level and two levels below it. */
const redactedFields = [
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
];

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
      formatters: { level: (label) => ({ level: label }) },
      serializers: { err: describeError },
      redact: {
        paths: redactedFields.flatMap((field) => [field, `*.${field}`, `*.*.${field}`]),
        censor: redactedText,
      },
      hooks: { streamWrite: createRedactor(options.secrets) },
    },
    options.destination,
  );
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
