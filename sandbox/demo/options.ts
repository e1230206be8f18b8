import { parseArgs } from 'node:util';

export type TrafficPace = 'normal' | 'quiet' | 'none';

export interface DemoOptions {
  readonly traffic: TrafficPace;
  /** The first of four ports in a row; one that is taken is replaced by any free one. */
  readonly portBase: number;
  /** Whether a week of orders has gone before. */
  readonly hasHistory: boolean;
}

export const portBaseDefault = 7080;
const portMax = 65_532;

export const usage = `Usage: npm run demo -- [options]

  --quiet-traffic   an order every few minutes instead of every half minute
  --no-traffic      only the orders that you make yourself
  --no-history      begin with an empty shop
  --port-base N     first of four ports in a row (default ${portBaseDefault})`;

/** A sentence when the command line is not understood. */
export function readOptions(args: readonly string[]): DemoOptions | 'help' | { fault: string } {
  let values: ReturnType<typeof parse>;
  try {
    values = parse(args);
  } catch (error) {
    return { fault: error instanceof Error ? error.message : String(error) };
  }
  if (values.help === true) return 'help';
  const portBase = values['port-base'] === undefined ? portBaseDefault : Number(values['port-base']);
  if (!Number.isInteger(portBase) || portBase < 1 || portBase > portMax) {
    return { fault: `--port-base must be a whole number from 1 to ${portMax}` };
  }
  return { traffic: paceOf(values), portBase, hasHistory: values['no-history'] !== true };
}

function parse(args: readonly string[]) {
  return parseArgs({
    args: [...args],
    options: {
      'quiet-traffic': { type: 'boolean' },
      'no-traffic': { type: 'boolean' },
      'no-history': { type: 'boolean' },
      'port-base': { type: 'string' },
      help: { type: 'boolean', short: 'h' },
    },
  }).values;
}

function paceOf(values: { 'no-traffic'?: boolean | undefined; 'quiet-traffic'?: boolean | undefined }): TrafficPace {
  if (values['no-traffic'] === true) return 'none';
  return values['quiet-traffic'] === true ? 'quiet' : 'normal';
}
