// The index of trigrams is no table of drizzle, so its statements are written out, and their values are given in their order.
import type { Compiled } from '../../query/compiled.ts';
import type { Session } from '../../query/session.ts';

/** The first ones of a long text say enough: what is found is looked at again. */
const trigramsMax = 40;
/** Of these, the ones that the fewest orders have: each makes a search read all of its orders. */
const rarestMax = 5;
/** How seldom a trigram is, is told by how far back so many orders with it reach. */
const sampleSize = 32;

interface OrderText {
  searchText: string;
  searchNote: string;
}

/** Puts an order's text into the index, in the transaction that stores the order; or fills in that of an earlier release. */
export function prepareStoring(session: Session, which: 'put' | 'fill') {
  const { trigrams: index } = session;
  const run = prepareCommand(session, { name: `${which}_order_trigrams`, text: index[which], hasRows: false });
  return async (number: number, { searchText, searchNote }: OrderText): Promise<void> => {
    await run([number, index.stored(`${searchText}\n${searchNote}`)]);
  };
}

/** For a text's trigrams, what reads the numbers of orders that have them all, below a number, the highest first. */
export function prepareFinding(session: Session) {
  const { trigrams: index } = session;
  const find = prepareCommand(session, { name: 'find_order_trigrams', text: index.find, hasRows: true });
  const sample = prepareCommand(session, { name: 'sample_order_trigram', text: index.sample ?? '', hasRows: true });

  async function rarest(trigrams: readonly string[]): Promise<string[]> {
    const first = trigrams.slice(0, trigramsMax);
    if (index.sample === null || first.length <= rarestMax) return first;
    const reaching: { trigram: string; to: number }[] = [];
    for (const trigram of first) {
      const [row] = await sample([index.wanted([trigram]), sampleSize - 1]);
      reaching.push({ trigram, to: Number(row?.[0] ?? 0) });
    }
    reaching.sort((a, b) => a.to - b.to);
    return reaching.slice(0, rarestMax).map(({ trigram }) => trigram);
  }

  return async (trigrams: readonly string[]) => {
    const wanted = index.wanted(await rarest(trigrams));
    return async (query: { below: number; limit: number }): Promise<number[]> => {
      const rows = await find([wanted, query.below, query.limit]);
      return rows.map(([number]) => Number(number));
    };
  };
}

function prepareCommand(
  { statements }: Session,
  { name, text, hasRows }: { name: string; text: string; hasRows: boolean },
) {
  statements.claimName(name);
  const make = (asName: string): Compiled<unknown> => ({
    name: asName,
    sql: text,
    hasRows,
    parameters: () => [],
    read: () => [],
  });
  const statement = statements.find(name, make);
  return (values: unknown[]) => statements.run(statement, values);
}
