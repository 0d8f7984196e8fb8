// A search as an address, and back.
import type { Search } from "@/lib/api/client";

export type Wanted = Pick<Search, "q" | "speaker" | "from" | "to">;

const DAY = /^\d{4}-\d{2}-\d{2}$/;

export function readSearch(params: { get(name: string): string | null }): Wanted {
  const day = (name: string) => {
    const value = params.get(name) ?? "";
    return DAY.test(value) ? value : undefined;
  };
  return {
    q: (params.get("q") ?? "").trim(),
    speaker: params.get("speaker")?.trim() || undefined,
    from: day("from"),
    to: day("to"),
  };
}

export function addressOf({ q, speaker, from, to }: Wanted): string {
  const set = Object.entries({ q, speaker, from, to }).flatMap(([k, v]): [string, string][] => (v ? [[k, v]] : []));
  return `/search/${set.length ? `?${new URLSearchParams(set)}` : ""}`;
}

/** Where the moment is: the meeting's page, and from where it plays. */
export function momentAddress(jobId: string, startSeconds: number | null): string {
  const t = startSeconds === null ? "" : `&t=${Math.round(startSeconds * 1000)}`;
  return `/meeting/?id=${encodeURIComponent(jobId)}${t}`;
}
