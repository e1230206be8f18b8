export class InvariantBroken extends Error {
  override readonly name = 'InvariantBroken';
}

/** States what must hold. A broken invariant is a fault in this program: it throws, and never becomes a result value. */
export function assert(condition: unknown, message: string): asserts condition {
  if (!condition) throw new InvariantBroken(message);
}
