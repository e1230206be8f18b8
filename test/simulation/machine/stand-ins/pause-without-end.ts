/** Nothing cuts the session whose lock says that the process lives, so nobody has to look after it: a pause ends when it is called off. */
export function setTimeout(_ms: number, _value: undefined, { signal }: { signal: AbortSignal }): Promise<void> {
  return new Promise((_resolve, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
  });
}
