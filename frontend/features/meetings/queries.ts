// What pages ask about meetings, with the names under which answers are kept.
import { useQuery } from "@tanstack/react-query";
import { getAnalysis, isEnded, type JobsFilter, listJobs } from "@/lib/api/client";

export const keys = {
  jobs: ["jobs"] as const,
  list: (filter: JobsFilter) => ["jobs", "list", filter] as const,
  analysis: (jobId: string) => ["analysis", jobId] as const,
};

/** A list that asks again every 3 seconds while something in it is under way. */
export function useJobs(filter: JobsFilter) {
  return useQuery({
    queryKey: keys.list(filter),
    queryFn: ({ signal }) => listJobs(filter, signal),
    refetchInterval: ({ state }) => (state.data?.jobs.some((job) => !isEnded(job.status)) ? 3000 : 30_000),
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
