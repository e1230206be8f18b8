import type { EventLog } from '#kernel/process.ts';

export interface RecordedEvent {
  level: 'info' | 'warn' | 'error';
  message: string;
  facts: Record<string, unknown>;
}

/** Keeps what was reported, so that a test can ask for it. */
export function createRecordingLog(): EventLog & { readonly events: RecordedEvent[] } {
  const events: RecordedEvent[] = [];
  return {
    events,
    info: (message, facts = {}) => void events.push({ level: 'info', message, facts }),
    warn: (message, facts = {}) => void events.push({ level: 'warn', message, facts }),
    error: (message, facts = {}, cause) => void events.push({ level: 'error', message, facts: { ...facts, cause } }),
  };
}
