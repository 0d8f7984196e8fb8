"use client";
import { useSearchParams } from "next/navigation";
import { useAnalysis } from "@/features/meetings/queries";
import { JobProgress } from "@/features/job/job-progress";
import { titleOf } from "@/features/job/title";
import card from "@/features/ui/card.module.css";
import { ErrorNotice } from "@/features/ui/error-notice";
import { Notice } from "@/features/ui/notice";
import { isEnded, type Job } from "@/lib/api/client";
import { useJobStatus } from "@/lib/use-job-status";
import { en } from "@/strings/en";
import { MeetingProvider } from "./meeting-context";
import { MeetingView } from "./meeting-view";

export function MeetingPage() {
  const params = useSearchParams();
  const jobId = params.get("id");
  if (!jobId) return <Notice title={en.meeting.none} text={en.meeting.noneText} />;
  return <MeetingLoader key={jobId} jobId={jobId} />;
}

/** Follows the job; once there is a result, shows it. A result stays while a part of it is done again. */
function MeetingLoader({ jobId }: { jobId: string }) {
  const { job, error, start, refetch } = useJobStatus(jobId, { onComplete: () => void analysis.refetch() });
  // A part that is done again, or could not be, leaves the result that there was.
  const analysis = useAnalysis(jobId, job !== null && (isEnded(job.status) || job.redo !== null));
  if (!job) return error ? <ErrorNotice error={error} onRetry={() => void refetch()} /> : <Loading />;
  if (analysis.data)
    return (
      <MeetingProvider job={job} analysis={analysis.data} refetchJob={start}>
        <title>{pageTitle(job)}</title>
        <MeetingView />
      </MeetingProvider>
    );
  if (job.status !== "completed") return <UnderWay job={job} onStart={start} />;
  if (analysis.error) return <ErrorNotice error={analysis.error} onRetry={() => void analysis.refetch()} />;
  return <Loading />;
}

const pageTitle = (job: Job): string => `${titleOf(job)} · ${en.app.name}`;

function Loading() {
  return <p role="status">{en.common.loading}</p>;
}

/** A meeting without a result yet: how far it is, what was said so far, or why there is none. */
function UnderWay({ job, onStart }: { job: Job; onStart: () => void }) {
  return (
    <article className={card.card}>
      <title>{pageTitle(job)}</title>
      <h1>{titleOf(job)}</h1>
      {/* Begun anew after a failure, it is followed by the page as well. */}
      <JobProgress jobId={job.jobId} onRestart={onStart} />
    </article>
  );
}
