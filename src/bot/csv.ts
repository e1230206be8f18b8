import { stringify } from 'csv-stringify/sync';

/** The cells of one line by the name of their column. */
type Row = Readonly<Record<string, string>>;

/** Writes a file of many lines in parts that fit the memory, each a whole file with its header. */
export interface CsvParts {
  /** The parts that are full. */
  add(rows: readonly Row[]): Uint8Array[];
  /** What is left; undefined when nothing is. */
  end(): Uint8Array | undefined;
}

/** Spreadsheets take a cell that begins with `=` for a formula, and UTF-8 without a mark for something else. */
export function createCsvParts(options: { columns: readonly string[]; rowsMax: number }): CsvParts {
  const columns = [...options.columns];
  let waiting: Row[] = [];
  const write = (rows: readonly Row[]): Uint8Array =>
    Buffer.from(stringify([...rows], { columns, header: true, bom: true, escape_formulas: true }));
  return {
    add(rows) {
      waiting.push(...rows);
      const full: Uint8Array[] = [];
      while (waiting.length >= options.rowsMax) {
        full.push(write(waiting.slice(0, options.rowsMax)));
        waiting = waiting.slice(options.rowsMax);
      }
      return full;
    },
    end: () => (waiting.length === 0 ? undefined : write(waiting)),
  };
}
