// What pages ask about meetings, with the names under which answers are kept.
import { keepPreviousData, useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { getAnalysis, isEnded, type Job, type JobsFilter, listJobs } from "@/lib/api/client";

export const keys = {
  jobs: ["jobs"] as const,
  list: (filter: JobsFilter) => ["jobs", "list", filter] as const,
  pages: (filter: JobsFilter) => ["jobs", "pages", filter] as const,
  analysis: (jobId: string) => ["analysis", jobId] as const,
};

const often = (jobs: readonly Job[] | undefined) => (jobs?.some((job) => !isEnded(job.status)) ? 3000 : 30_000);

/** A list that asks again every 3 seconds while something in it is under way. */
export function useJobs(filter: JobsFilter) {
  return useQuery({
    queryKey: keys.list(filter),
    queryFn: ({ signal }) => listJobs(filter, signal),
    refetchInterval: ({ state }) => often(state.data?.jobs),
  });
}

/** The same in pages, for lists of any length. */
export function useJobPages(filter: JobsFilter) {
  return useInfiniteQuery({
    queryKey: keys.pages(filter),
    queryFn: ({ pageParam, signal }) => listJobs({ ...filter, before: pageParam }, signal),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (last) => last.next ?? undefined,
    refetchInterval: ({ state }) => often(state.data?.pages.flatMap(({ jobs }) => jobs)),
    placeholderData: keepPreviousData, // while one types into the search box
  });
}

/** The result of a job; only asked for when `ready`. */
export function useAnalysis(jobId: string, ready = true) {
  return useQuery({
    queryKey: keys.analysis(jobId),
    queryFn: ({ signal }) => getAnalysis(jobId, signal),
    enabled: ready,
    staleTime: Infinity,
  });
}
