// Simulated time: what is to happen, in the order of its moments. Between two moments everything that the last one set off runs
// to rest, so that one seed always gives one order of events.
import type { Milliseconds } from '#kernel/clock.ts';
import { settle } from './settle.ts';

export interface Timeline {
  /** Since the beginning of the history. */
  now(): Milliseconds;
  /** Runs after so many milliseconds, at once for 0 or less; returns what calls it off. What is late, being `dueMs` from now, comes before what is not. */
  after(ms: Milliseconds, run: () => void, dueMs?: Milliseconds): () => void;
  /** Lets time pass until that moment; ends early when `isOver` says so. */
  runUntil(at: Milliseconds, isOver?: () => boolean): Promise<void>;
  /** Moments that have passed. */
  readonly moments: number;
}

interface Event {
  at: Milliseconds;
  due: Milliseconds;
  order: number;
  run: (() => void) | undefined;
}

export function createTimeline(): Timeline {
  const heap: Event[] = [];
  let now = 0;
  let order = 0;
  let moments = 0;

  return {
    now: () => now,
    after(ms, run, dueMs = ms) {
      order += 1;
      const event: Event = {
        at: now + Math.max(0, Math.ceil(ms)),
        due: now + Math.max(0, Math.ceil(dueMs)),
        order,
        run,
      };
      push(heap, event);
      return () => {
        event.run = undefined;
      };
    },
    async runUntil(at, isOver = () => false) {
      await settle();
      for (let next = heap[0]; next !== undefined && next.at <= at && !isOver(); next = heap[0]) {
        if (next.run === undefined) {
          pop(heap);
          continue;
        }
        now = next.at;
        moments += 1;
        // Everything of one moment happens at once, as timers of a real event loop do; what that adds comes in the next turn.
        const newest = order;
        for (let due = heap[0]; due !== undefined && due.at <= now && due.order <= newest; due = heap[0]) {
          pop(heap);
          due.run?.();
        }
        await settle();
      }
      if (!isOver()) now = Math.max(now, at);
    },
    get moments() {
      return moments;
    },
  };
}

function isBefore(left: Event, right: Event): boolean {
  if (left.at !== right.at) return left.at < right.at;
  return left.due < right.due || (left.due === right.due && left.order < right.order);
}

function push(heap: Event[], event: Event): void {
  let index = heap.push(event) - 1;
  while (index > 0) {
    const parentIndex = (index - 1) >> 1;
    const parent = heap[parentIndex];
    if (parent === undefined || isBefore(parent, event)) break;
    heap[index] = parent;
    index = parentIndex;
  }
  heap[index] = event;
}

function pop(heap: Event[]): void {
  const last = heap.pop();
  if (last === undefined || heap.length === 0) return;
  let index = 0;
  for (;;) {
    const leftIndex = 2 * index + 1;
    const left = heap[leftIndex];
    if (left === undefined) break;
    const right = heap[leftIndex + 1];
    const childIndex = right !== undefined && isBefore(right, left) ? leftIndex + 1 : leftIndex;
    const child = heap[childIndex];
    if (child === undefined || isBefore(last, child)) break;
    heap[index] = child;
    index = childIndex;
  }
  heap[index] = last;
}
