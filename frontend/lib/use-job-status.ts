"use client";
import { useCallback, useEffect, useRef, useState } from "react";
import { ApiError, type Job, type JobEvent, type NewJob, processJob } from "./api/client";
import { en } from "@/strings/en";
import { type Follower, followJob } from "./follow-job";

export interface UseJobStatusOptions {
  /** milliseconds between polls while no live events come */
  interval?: number;
  /** called once when the job is completed */
  onComplete?: (job: Job) => void;
  /** called once when the job has failed or was cancelled, or when it cannot be read at all */
  onError?: (error: ApiError) => void;
  /** each event of the job once and in order, such as the words as they are found */
  onEvent?: (event: JobEvent) => void;
  /** false: nothing happens before start() */
  enabled?: boolean;
  /** false: poll only. A browser opens six connections to a server, and each stream takes one. */
  stream?: boolean;
}

export interface JobStatusResult {
  /** the job as it is known now; null until the first answer */
  job: Job | null;
  /** following it, and nothing is known yet */
  isLoading: boolean;
  /** why the job failed; while it is followed, why the last request did (it is tried again) */
  error: ApiError | null;
  /** follows the job, also one that has ended: after redo, for instance */
  start: () => void;
  stop: () => void;
  /** asks at once */
  refetch: () => Promise<void>;
}

/**
 * Follows a job until it is completed, failed or cancelled, and stops then by itself.
 *
 * Server-sent events are used where they come through; where not, the job is asked for every `interval`
 * milliseconds. Lost connections are taken up again after the last event that was seen; a hidden tab
 * polls only, and catches up when it is looked at.
 *
 *     const { job, error } = useJobStatus(jobId, { onComplete: (job) => router.push(`/meeting/?id=${job.jobId}`) });
 */
export function useJobStatus(jobId: string | null, options: UseJobStatusOptions = {}): JobStatusResult {
  const { interval = 3000, enabled = true, stream = true } = options;
  const latest = useRef(options);
  useEffect(() => {
    latest.current = options; // so that new callbacks do not start anything anew
  });

  const follower = useRef<Follower | null>(null);
  const [job, setJob] = useState<Job | null>(null);
  const [error, setError] = useState<ApiError | null>(null);
  const [isFollowing, setFollowing] = useState(false);

  const stop = useCallback(() => {
    follower.current?.stop();
    follower.current = null;
    setFollowing(false);
  }, []);

  const start = useCallback(() => {
    follower.current?.stop();
    if (!jobId) return;
    let seen: Job | null = null;
    let trouble: ApiError | null = null;
    setFollowing(true);
    setError(null);
    follower.current = followJob(jobId, {
      interval,
      stream,
      onJob: (next) => setJob((seen = next)),
      onEvent: (event) => latest.current.onEvent?.(event),
      onTrouble: (next) => setError((trouble = next)),
      onEnd: () => {
        follower.current = null;
        setFollowing(false);
        const failure = trouble ?? (seen && failureOf(seen));
        setError(failure);
        if (failure) latest.current.onError?.(failure);
        else if (seen) latest.current.onComplete?.(seen);
      },
    });
  }, [jobId, interval, stream]);

  const refetch = useCallback(async () => {
    if (follower.current) await follower.current.refetch();
    else start();
  }, [start]);

  const [shown, setShown] = useState(jobId);
  if (shown !== jobId) {
    setShown(jobId); // another job: nothing of the old one is shown
    setJob(null);
    setError(null);
  }

  useEffect(() => {
    if (enabled) start();
    return stop;
  }, [enabled, start, stop]);

  return { job, isLoading: isFollowing && !job && !error, error, start, stop, refetch };
}

function failureOf(job: Job): ApiError | null {
  if (job.status === "failed")
    return new ApiError(200, job.error?.code ?? "failed", job.error?.message ?? en.job.failedUnknown);
  if (job.status === "cancelled") return new ApiError(200, "cancelled", en.job.cancelled);
  return null;
}

export interface ProcessJobResult {
  /** Starts a job, or begins a failed one anew. Resolves when it is handed over; null if it was not. */
  process: (job: string | (NewJob & { jobId: string })) => Promise<{ jobId: string } | null>;
  isProcessing: boolean;
  error: ApiError | null;
}

/**
 * Hands a job over to be processed.
 *
 *     const { process, isProcessing, error } = useProcessJob();
 *     await process(jobId);                       // a job that is there: start it, or start it again
 *     await process({ jobId, uploadId, title });  // a new one
 */
export function useProcessJob(): ProcessJobResult {
  const [isProcessing, setProcessing] = useState(false);
  const [error, setError] = useState<ApiError | null>(null);
  const process = useCallback(async (job: string | (NewJob & { jobId: string })) => {
    setProcessing(true);
    setError(null);
    try {
      const { jobId } = await processJob(typeof job === "string" ? { jobId: job } : job);
      return { jobId };
    } catch (e) {
      if (!(e instanceof ApiError)) throw e;
      setError(e);
      return null;
    } finally {
      setProcessing(false);
    }
  }, []);
  return { process, isProcessing, error };
}
