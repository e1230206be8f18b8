import type { OpenDatabase, OpenOptions } from './open-options.ts';
export function openPostgres(_target: { url: string; poolMax?: number }, _options: OpenOptions): OpenDatabase {
  throw new Error('to come');
}
