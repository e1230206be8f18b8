// What the kernel knows of a process. Processor time tells the cost of a request also where neighbours on the machine
// take turns with us and throughput wavers.
import { existsSync, readFileSync } from 'node:fs';

/** The unit of /proc: USER_HZ, which Linux fixes at 100 for every program. */
const tickMs = 10;

/** User and system time of all threads so far. */
export function processorTimeMs(pid: number): number {
  const fields = statFields(pid);
  return (Number(fields[11]) + Number(fields[12])) * tickMs;
}

/** The same of a process with its children, those that have ended among them. */
export function familyProcessorTimeMs(pid: number): number {
  const own = statFields(pid);
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ').filter(Boolean).map(Number);
  const ended = (Number(own[13]) + Number(own[14])) * tickMs;
  return children.reduce(
    (sum, child) => sum + (isThere(child) ? processorTimeMs(child) : 0),
    processorTimeMs(pid) + ended,
  );
}

export function residentMegabytes(pid: number): number {
  return megabytesOf(pid, /^VmRSS:\s+(\d+) kB$/m);
}

/** The most that was resident at any time. */
export function peakMegabytes(pid: number): number {
  return megabytesOf(pid, /^VmHWM:\s+(\d+) kB$/m);
}

/** utime and stime are the 12th and 13th, those of children that have ended the 14th and 15th. */
function statFields(pid: number): string[] {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  // The name in parentheses may contain spaces; the fields after it are fixed.
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ');
}

function isThere(pid: number): boolean {
  return existsSync(`/proc/${pid}/stat`);
}

function megabytesOf(pid: number, line: RegExp): number {
  const found = line.exec(readFileSync(`/proc/${pid}/status`, 'utf8'));
  if (found === null) throw new Error(`process ${pid} has no memory: has it ended?`);
  return Number(found[1]) / 1024;
}
