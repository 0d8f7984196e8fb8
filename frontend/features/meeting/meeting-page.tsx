"use client";
import { useSearchParams } from "next/navigation";
import { useAnalysis } from "@/features/meetings/queries";
import { ErrorNotice } from "@/features/ui/error-notice";
import { Notice } from "@/features/ui/notice";
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
  const analysis = useAnalysis(jobId, job?.status === "completed");
  if (!job) return error ? <ErrorNotice error={error} onRetry={() => void refetch()} /> : <Loading />;
  if (analysis.data)
    return (
      <MeetingProvider job={job} analysis={analysis.data} refetchJob={start}>
        <MeetingView />
      </MeetingProvider>
    );
  if (job.status !== "completed") return <p role="status">{error?.message ?? en.status[job.status]}</p>;
  if (analysis.error) return <ErrorNotice error={analysis.error} onRetry={() => void analysis.refetch()} />;
  return <Loading />;
}

function Loading() {
  return <p role="status">{en.common.loading}</p>;
}
