"use client";
import { useSearchParams } from "next/navigation";
import { useAnalysis } from "@/features/meetings/queries";
import { ErrorNotice } from "@/features/ui/error-notice";
import { Notice } from "@/features/ui/notice";
import { useJobStatus } from "@/lib/use-job-status";
import { en } from "@/strings/en";

export function MeetingPage() {
  const jobId = useSearchParams().get("id");
  return jobId ? <Meeting key={jobId} jobId={jobId} /> : <Notice title={en.meeting.none} text={en.meeting.noneText} />;
}

function Meeting({ jobId }: { jobId: string }) {
  const { job, error, refetch } = useJobStatus(jobId);
  const analysis = useAnalysis(jobId, job?.status === "completed");
  if (!job) return error ? <ErrorNotice error={error} onRetry={() => void refetch()} /> : <p>{en.common.loading}</p>;
  const names = new Map(analysis.data?.transcript?.speakers?.map(({ id, name }) => [id, name || id]));
  return (
    <article>
      <h1>{job.title ?? en.common.untitled}</h1>
      {job.status !== "completed" && <p role="status">{error?.message ?? en.status[job.status]}</p>}
      {analysis.error && <ErrorNotice error={analysis.error} onRetry={() => void analysis.refetch()} />}
      {analysis.data?.transcript?.segments.map((segment) => (
        <p key={segment.id}>
          {segment.speaker && <strong>{names.get(segment.speaker)}: </strong>}
          {segment.text}
        </p>
      ))}
    </article>
  );
}
