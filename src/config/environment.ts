// The one place that touches the environment of the process; everything else is given a Config.

export const environment: Readonly<Record<string, string | undefined>> = process.env;

/**
 * The process ends only after pending DNS queries, half as many at once as there are threads. Where no DNS server answers
 * they would take minutes one after the other. Must be called before the first query.
 */
export function boundNameLookups(): void {
  process.env['UV_THREADPOOL_SIZE'] ??= '32';
  process.env['RES_OPTIONS'] ??= 'timeout:1 attempts:2';
}
