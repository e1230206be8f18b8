import type { HttpAnswer, HttpRequest, Network } from './network.ts';

/** A request as it leaves, and once more with the answer that arrived. */
export interface Passed {
  readonly request: HttpRequest;
  readonly answer: HttpAnswer | undefined;
}

/** The same network, of which everything that passes is told; that changes nothing of when it passes. */
export function listenIn(network: Network, onPassed: (passed: Passed) => void): Network {
  return {
    ...network,
    call(request, signal) {
      onPassed({ request, answer: undefined });
      const answered = network.call(request, signal);
      answered.then(
        (answer) => onPassed({ request, answer }),
        () => undefined,
      );
      return answered;
    },
  };
}
