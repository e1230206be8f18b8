import { fstatSync, writeSync } from 'node:fs';
import { isatty } from 'node:tty';
import { stdTimeFunctions } from 'pino';
import { systemClock } from '#kernel/clock.ts';
import { type BoundedOutput, createBoundedOutput, type Sink } from './bounded-output.ts';

const standardOutput = 1;

/** Some minutes of a busy log. */
const lengthMax = 1024 * 1024;

/** Standard output as the place of a log: whatever becomes of its reader, a line costs no waiting. */
export function createStandardOutput(options: { onDropped(lines: number): void }): BoundedOutput {
  const sink = openSink();
  const output = createBoundedOutput(sink, { ...options, lengthMax, clock: systemClock, tellGap });
  process.on('exit', () => {
    const rest = output.takeRest();
    if (rest !== '') sink(rest, () => undefined);
  });
  return output;
}

const tellGap = (lines: number): string =>
  `{"level":"warn"${stdTimeFunctions.isoTime()},"lines":${lines},"msg":"log lines dropped"}\n`;

function openSink(): Sink {
  const state = fstatSync(standardOutput);
  // Whatever else there is, as a file, takes at once what it is given, or refuses it.
  return state.isFIFO() || state.isSocket() || isatty(standardOutput) ? openStream() : writeToFile;
}

function writeToFile(text: string, done: (error?: Error) => void): void {
  try {
    const bytes = Buffer.from(text);
    for (let written = 0; written < bytes.length; ) written += writeSync(standardOutput, bytes, written);
  } catch (error) {
    done(error as Error);
    return;
  }
  done();
}

/**
 * A pipe, a socket or a terminal. `fs.write` would leave a thread of the pool in a write that never returns, and the process
 * could not even end; Node's stream waits for its reader without one.
 */
function openStream(): Sink {
  const { stdout } = process;
  // Told to each write as well; without a listener it would end the process.
  stdout.on('error', () => undefined);
  if (stdout.isTTY) unblock(stdout);
  return (text, done) => void stdout.write(text, done);
}

/** Node writes to a terminal so that each write waits for it. The handle has this method since Node 0.11, and no type. */
function unblock(terminal: NodeJS.WriteStream): void {
  const { _handle: handle } = terminal as { _handle?: { setBlocking?(isBlocking: boolean): void } };
  handle?.setBlocking?.(false);
}
