"use client";
import { useInfiniteQuery } from "@tanstack/react-query";
import { search, type Search } from "@/lib/api/client";

/** Pages of meetings, newest first; nothing is asked for without words. */
export function useSearch(wanted: Omit<Search, "before">) {
  return useInfiniteQuery({
    queryKey: ["search", wanted] as const,
    queryFn: ({ pageParam, signal }) => search({ ...wanted, before: pageParam }, signal),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next ?? undefined,
    enabled: wanted.q.trim() !== "",
    placeholderData: (before) => before, // what is there stays until the answer comes
  });
}
