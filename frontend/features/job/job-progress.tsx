"use client";
import { useQueryClient } from "@tanstack/react-query";
import { useCallback, useEffect, useRef, useState } from "react";
import { useAnnounce } from "@/features/shell/announcer";
import { Button } from "@/features/ui/button";
import { Icon } from "@/features/ui/icon";
import { ApiError, cancelJob, isEnded, type Job, type JobEvent, type PartialSegment } from "@/lib/api/client";
import { spell } from "@/lib/format";
import { useJobStatus, useProcessJob } from "@/lib/use-job-status";
import { keys } from "@/features/meetings/queries";
import { en } from "@/strings/en";
import { LiveTranscript } from "./live-transcript";
import { steps, stepOfStage, wordsOfStage } from "./stages";
import { titleOf } from "./title";
import styles from "./job.module.css";

const SETTLED = 8; // percent; before, only the start was measured, and it says nothing of the rest

export interface JobProgressProps {
  jobId: string;
  /** false: polls, and shows no words as they come; a browser opens only a few streams */
  live?: boolean;
  /** called when the job is completed while this is shown */
  onComplete?: (job: Job) => void;
  /** called with each state; for a heading, for instance */
  onJob?: (job: Job) => void;
  /** called when it begins anew after a failure */
  onRestart?: () => void;
  /** called when there is no such job any more */
  onGone?: () => void;
}

/** How far a job is, what it is doing, what was said so far; when it fails, why, and another try. */
export function JobProgress({ jobId, live = true, onComplete, onJob, onRestart, onGone }: JobProgressProps) {
  const announce = useAnnounce();
  const cache = useQueryClient();
  const again = useProcessJob();
  const [segments, setSegments] = useState<readonly PartialSegment[]>([]);
  const [trouble, setTrouble] = useState<ApiError | null>(null);

  const onEvent = useCallback((event: JobEvent) => {
    if (event.kind === "segments") setSegments((old) => [...old, ...event.data.segments]);
    if (event.kind === "status" && event.data.status === "pending") setSegments([]); // from the beginning
  }, []);

  const { job, error, start } = useJobStatus(jobId, {
    stream: live,
    onEvent,
    onComplete(done) {
      announce(en.job.completed(titleOf(done)));
      void cache.invalidateQueries({ queryKey: keys.jobs });
      onComplete?.(done);
    },
    onError(problem) {
      if (problem.status === 404) onGone?.();
      void cache.invalidateQueries({ queryKey: keys.jobs });
    },
  });

  useEffect(() => {
    if (job) onJob?.(job);
  }, [job, onJob]);

  const stage = job?.stage ?? null;
  const lastStage = useRef<string | null>(null);
  useEffect(() => {
    if (stage && stage !== lastStage.current) announce(wordsOfStage(stage));
    lastStage.current = stage;
  }, [stage, announce]);

  async function restart() {
    if (await again.process(jobId)) {
      setSegments([]);
      start();
      onRestart?.();
    }
  }

  async function cancel() {
    try {
      await cancelJob(jobId);
      start();
    } catch (e) {
      if (e instanceof ApiError) setTrouble(e);
    }
  }

  if (!job) return <p className={styles.muted}>{error?.message ?? en.common.loading}</p>;
  if (job.status === "failed" || job.status === "cancelled")
    return <Failure job={job} trouble={again.error} busy={again.isProcessing} onRetry={() => void restart()} />;
  if (job.status === "completed") return <Done job={job} />;

  const settled = job.progress >= SETTLED;
  return (
    <div className={styles.progress}>
      <Steps stage={stage} />
      <Bar job={job} />
      <p className={styles.facts}>
        <strong>{job.status === "pending" ? en.job.waiting : wordsOfStage(stage)}</strong>
        <span>{en.job.percent(job.progress)}</span>
        {settled && job.speed !== null && <span>{en.job.speed(speedText(job.speed))}</span>}
        {settled && job.etaSeconds !== null && <span>{en.job.left(spell(job.etaSeconds * 1000))}</span>}
        {job.attempts > 1 && <span>{en.job.attempt(job.attempts, job.maxAttempts)}</span>}
        <Button size="small" variant="quiet" className={styles.stop} onClick={() => void cancel()}>
          {en.job.cancel}
        </Button>
      </p>
      {job.status === "pending" && job.error && <p className={styles.warning}>{en.job.retrying(job.error.message)}</p>}
      {error && !isEnded(job.status) && <p className={styles.warning}>{en.job.offline}</p>}
      {trouble && (
        <p className={styles.problem} role="alert">
          {trouble.message}
        </p>
      )}
      <LiveTranscript segments={segments} />
    </div>
  );
}

const speedText = (x: number): string => (x >= 10 ? String(Math.round(x)) : x.toFixed(1));

function Steps({ stage }: { stage: string | null }) {
  const now = stepOfStage(stage);
  const at = now ? steps.indexOf(now) : -1;
  return (
    <ol className={styles.steps} aria-label={en.job.stages}>
      {steps.map((step, i) => (
        <li key={step} data-done={i < at} aria-current={i === at ? "step" : undefined}>
          <span className={styles.dot}>{i < at && <Icon name="check" size={12} />}</span>
          {en.job.step[step]}
        </li>
      ))}
    </ol>
  );
}

function Bar({ job }: { job: Job }) {
  return (
    <div
      className={styles.bar}
      role="progressbar"
      aria-label={en.job.progress(titleOf(job))}
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={Math.floor(job.progress)}
      data-waiting={job.status === "pending"}
    >
      <span style={{ transform: `scaleX(${job.progress / 100})` }} />
    </div>
  );
}

function Failure({ job, trouble, busy, onRetry }: { job: Job; trouble: ApiError | null; busy: boolean; onRetry: () => void }) {
  const failed = job.status === "failed";
  return (
    <div className={styles.failure} data-failed={failed} role={failed ? "alert" : undefined}>
      <p>
        {failed && <Icon name="alert" />}
        {failed ? (job.error?.message ?? en.job.failedUnknown) : en.job.cancelled}
      </p>
      {trouble && <p className={styles.problem}>{trouble.message}</p>}
      <Button disabled={busy} onClick={onRetry}>
        <Icon name="retry" /> {en.job.retry}
      </Button>
    </div>
  );
}

function Done({ job }: { job: Job }) {
  const took = job.startedAt && job.finishedAt ? Date.parse(job.finishedAt) - Date.parse(job.startedAt) : null;
  return (
    <p className={styles.facts}>
      {job.durationMs !== null && took !== null && <span>{en.job.completedIn(spell(job.durationMs), spell(took))}</span>}
      {job.speed !== null && <span>{en.job.speed(speedText(job.speed))}</span>}
    </p>
  );
}
