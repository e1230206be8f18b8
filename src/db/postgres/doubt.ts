// Which sessions go back into the pool after an error. One that was opened while the server was read-only, or whose plans or
// connection are stale, would fail whatever it is given, for as long as it is kept.
import pg from 'pg';

/**
 * Codes that cast doubt on the session: its connection (08), a plan that a migration made stale (0A), read-only (25006), a
 * statement that is not prepared in it (26), the server's end or start (57P), and faults of system and server (58, XX). All
 * others are about the statement: data, constraints, conflicts, time limits.
 */
const doubtfulCodes = /^(?:08|0A|25006|26|57P|58|XX)/;
const readOnlyCode = '25006';

/** The server's error among the causes; undefined for every other one. */
function serverErrorOf(error: unknown): pg.DatabaseError | undefined {
  for (let depth = 0, at = error; depth < 5 && at instanceof Error; depth += 1, at = at.cause) {
    if (at instanceof pg.DatabaseError) return at;
  }
  return undefined;
}

/** Whether the server's word casts doubt on the session in which it was said. A read is read-only by our own wish. */
export function isDoubtful(error: unknown, kind: 'transaction' | 'read'): boolean {
  if (kind === 'read' && isReadOnly(error)) return false;
  const code = serverErrorOf(error)?.code;
  return code !== undefined && doubtfulCodes.test(code);
}

export function isReadOnly(error: unknown): boolean {
  return serverErrorOf(error)?.code === readOnlyCode;
}
