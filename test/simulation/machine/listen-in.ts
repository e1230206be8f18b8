import type { HttpAnswer, HttpRequest, Network } from './network.ts';

/** A request as it leaves, and once more with the answer that arrived. */
export interface Passed {
  readonly request: HttpRequest;
  readonly answer: HttpAnswer | undefined;
}

export interface Listener {
  onPassed(passed: Passed): void;
  /** No answer comes any more: the connection was cut, or the caller gave up. */
  onLost(request: HttpRequest): void;
}

/** The same network, of which everything that passes is told; that changes nothing of when it passes. */
export function listenIn(network: Network, { onPassed, onLost }: Listener): Network {
  return {
    ...network,
    call(request, signal) {
      onPassed({ request, answer: undefined });
      const answered = network.call(request, signal);
      answered.then(
        (answer) => onPassed({ request, answer }),
        () => onLost(request),
      );
      return answered;
    },
  };
}
