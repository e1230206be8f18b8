// The one place that touches the environment of the process; everything else is given a Config.

export const environment: Readonly<Record<string, string | undefined>> = process.env;

/**
 * The end of the process waits for look-ups of names in hand, of which half as many run at once as there are threads. Where
 * nobody answers them they would take minutes one after the other. Must be called before the first look-up.
 */
export function boundNameLookups(): void {
  process.env['UV_THREADPOOL_SIZE'] ??= '32';
  process.env['RES_OPTIONS'] ??= 'timeout:1 attempts:2';
}
