// Jobs that this tab has begun, or seen under way: the start page shows them until they are taken off it.
import { useSyncExternalStore } from "react";

const KEY = "chip.followed";
const listeners = new Set<() => void>();
const none: readonly string[] = [];
let ids: readonly string[] | null = null;

function read(): readonly string[] {
  if (ids) return ids;
  try {
    const kept: unknown = JSON.parse(sessionStorage.getItem(KEY) ?? "[]");
    ids = Array.isArray(kept) ? kept.filter((id) => typeof id === "string") : [];
  } catch {
    ids = [];
  }
  return ids;
}

function write(next: readonly string[]): void {
  ids = next;
  try {
    sessionStorage.setItem(KEY, JSON.stringify(next));
  } catch {
    // then they are forgotten with the page
  }
  for (const listener of listeners) listener();
}

/** Newest first. */
export function followJobs(added: readonly string[]): void {
  write([...added, ...read().filter((id) => !added.includes(id))]);
}

/** Those that others have begun: they stay shown when they are done, below one's own. */
export function noteJobs(found: readonly string[]): void {
  const fresh = found.filter((id) => !read().includes(id));
  if (fresh.length > 0) write([...read(), ...fresh]);
}

export function unfollowJob(jobId: string): void {
  write(read().filter((id) => id !== jobId));
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export function useFollowedJobs(): readonly string[] {
  return useSyncExternalStore(subscribe, read, () => none);
}
