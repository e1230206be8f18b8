import type { createStatements } from '#db/query/statements.ts';

/** The name of every statement that the stores keep. */
export const claimed = new Set<string>();
/** The texts of those that were asked for, one for each shape of the query. */
export const recorded = new Map<string, Set<string>>();

/** Notes what the stores of every connection ask for. */
export function recording(create: typeof createStatements): typeof createStatements {
  return (kept, run) => {
    const statements = create(kept, run);
    return {
      ...statements,
      claimName(name) {
        claimed.add(name);
        statements.claimName(name);
      },
      find(key, make) {
        const found = statements.find(key, make);
        const name = key.split(' ')[0] ?? key;
        recorded.set(name, (recorded.get(name) ?? new Set()).add(found.sql));
        return found;
      },
    };
  };
}
