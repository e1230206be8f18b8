import { listen } from '../kit/listen.ts';
import type { ProviderSandbox, ProviderSandboxCore, ProviderSandboxOptions } from './options.ts';
import { createProviderSandbox } from './sandbox.ts';

// The simulated providers on one port of this machine, with time that passes by itself.

const tickMs = 200;
const settleTimeoutMs = 10_000;

export async function startProviderSandbox(options: ProviderSandboxOptions = {}): Promise<ProviderSandbox> {
  let origin = '';
  const core = createProviderSandbox({
    ...options,
    origin: () => origin,
    // One after the other, and held back in real time, for a test's clock may stand still.
    webhooksAtOnce: 1,
    holdNow: () => performance.now(),
  });
  const server = await listen(core.fetch, options);
  origin = server.origin;
  const timer = setInterval(core.tick, tickMs);

  return {
    ...core,
    url: `${origin}/`,
    settle: (settleOptions) => settle(core, settleOptions?.timeoutMs ?? settleTimeoutMs),
    async stop() {
      clearInterval(timer);
      await core.stop();
      await server.stop();
    },
  };
}

async function settle(core: ProviderSandboxCore, timeoutMs: number): Promise<void> {
  const deadline = performance.now() + timeoutMs;
  for (;;) {
    core.tick();
    core.release();
    await new Promise((resolve) => setTimeout(resolve, 2));
    if (!core.hasWork()) return;
    if (performance.now() > deadline) throw new Error(`webhooks did not settle within ${timeoutMs} ms`);
  }
}
