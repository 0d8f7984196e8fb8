// Meetings that were deleted a moment ago. They are gone from the pages at once and from the server some seconds
// later, so that it can be undone. Leaving the app does it at once: what people delete must not stay.
import { useSyncExternalStore } from "react";
import { deleteJob } from "@/lib/api/client";

export const UNDO_MS = 8000;

export interface Deletion {
  jobId: string;
  title: string;
  /** why it could not be deleted; it is back then */
  problem: string | null;
}

const listeners = new Set<() => void>();
const timers = new Map<string, ReturnType<typeof setTimeout>>();
const none: readonly Deletion[] = [];
let waiting: readonly Deletion[] = none;
let readAnew: () => Promise<unknown> = async () => {};

function set(next: readonly Deletion[]): void {
  waiting = next;
  for (const listener of listeners) listener();
}

/** @param refresh reads the lists anew when the server has deleted it */
export function scheduleDeletion(jobId: string, title: string, refresh: () => Promise<unknown>): void {
  readAnew = refresh;
  set([...waiting.filter((d) => d.jobId !== jobId && !d.problem), { jobId, title, problem: null }]);
  timers.set(jobId, setTimeout(() => void carryOut(jobId), UNDO_MS));
}

async function carryOut(jobId: string): Promise<void> {
  clearTimeout(timers.get(jobId));
  timers.delete(jobId);
  try {
    await deleteJob(jobId, true);
    await readAnew(); // or it would show up once more
    set(waiting.filter((d) => d.jobId !== jobId));
  } catch (e) {
    const problem = e instanceof Error ? e.message : String(e);
    set(waiting.map((d) => (d.jobId === jobId ? { ...d, problem } : d)));
  }
}

export function undoDeletion(jobId: string): void {
  clearTimeout(timers.get(jobId));
  timers.delete(jobId);
  set(waiting.filter((d) => d.jobId !== jobId));
}

/** For all that still wait. */
export function carryOutAll(): void {
  for (const jobId of [...timers.keys()]) void carryOut(jobId);
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export function useDeletions(): readonly Deletion[] {
  return useSyncExternalStore(
    subscribe,
    () => waiting,
    () => none,
  );
}
