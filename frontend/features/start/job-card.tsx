"use client";
import Link from "next/link";
import { useId, useState } from "react";
import { unfollowJob } from "@/features/job/followed";
import { JobProgress } from "@/features/job/job-progress";
import { titleOf } from "@/features/job/title";
import { buttonClass } from "@/features/ui/button";
import card from "@/features/ui/card.module.css";
import { Icon } from "@/features/ui/icon";
import { isEnded, type Job } from "@/lib/api/client";
import { en } from "@/strings/en";

/** A job under way, or one that this tab has seen end. */
export function JobCard({ jobId, live }: { jobId: string; live: boolean }) {
  const [job, setJob] = useState<Job | null>(null);
  const heading = useId();
  const title = job ? titleOf(job) : en.common.loading;
  const ended = job !== null && isEnded(job.status);
  return (
    <article className={card.card} aria-labelledby={heading}>
      <header className={card.head}>
        <h2 id={heading}>{title}</h2>
        {job?.status === "completed" && (
          <Link href={`/meeting/?id=${jobId}`} className={buttonClass("primary", "small")}>
            {en.job.open}
          </Link>
        )}
        {ended && (
          <button
            type="button"
            className={card.icon}
            aria-label={en.job.dismiss(title)}
            onClick={() => unfollowJob(jobId)}
          >
            <Icon name="close" />
          </button>
        )}
      </header>
      <JobProgress jobId={jobId} live={live} onJob={setJob} onGone={() => unfollowJob(jobId)} />
    </article>
  );
}
