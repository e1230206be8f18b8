/** Never resolves. A new one each time: a promise keeps everybody who ever waited for it, and so whole histories. */
export function never(): Promise<never> {
  return new Promise(() => undefined);
}
