"use client";
import Link from "next/link";
import { ErrorNotice } from "@/features/ui/error-notice";
import { en } from "@/strings/en";
import { useJobs } from "./queries";

export function MeetingsPage() {
  const { data, error, refetch } = useJobs({ limit: 50 });
  return (
    <>
      <h1>{en.nav.meetings}</h1>
      {error && <ErrorNotice error={error} onRetry={() => void refetch()} />}
      <ul>
        {data?.jobs.map((job) => (
          <li key={job.jobId}>
            <Link href={`/meeting/?id=${job.jobId}`}>{job.title ?? en.common.untitled}</Link> {en.status[job.status]}
          </li>
        ))}
      </ul>
    </>
  );
}
