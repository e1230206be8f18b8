// What the kernel knows of a process. Processor time tells the cost of a request also where neighbours on the machine
// take turns with us and throughput wavers.
import { readFileSync } from 'node:fs';

/** The unit of /proc: USER_HZ, which Linux fixes at 100 for every program. */
const tickMs = 10;

/** User and system time of all threads so far. */
export function processorTimeMs(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  // The name in parentheses may contain spaces; the fields after it are fixed, utime and stime the 12th and 13th.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) * tickMs;
}

export function residentMegabytes(pid: number): number {
  return megabytesOf(pid, /^VmRSS:\s+(\d+) kB$/m);
}

/** The most that was resident at any time. */
export function peakMegabytes(pid: number): number {
  return megabytesOf(pid, /^VmHWM:\s+(\d+) kB$/m);
}

function megabytesOf(pid: number, line: RegExp): number {
  const found = line.exec(readFileSync(`/proc/${pid}/status`, 'utf8'));
  if (found === null) throw new Error(`process ${pid} has no memory: has it ended?`);
  return Number(found[1]) / 1024;
}
