"use client";
import Link from "next/link";
import { useSearchParams } from "next/navigation";
import { useDeferredValue } from "react";
import { Button, buttonClass } from "@/features/ui/button";
import { ErrorNotice } from "@/features/ui/error-notice";
import { Icon } from "@/features/ui/icon";
import { Notice } from "@/features/ui/notice";
import { statusSchema } from "@/lib/api/schemas";
import { en } from "@/strings/en";
import { useDeletions } from "./deletions";
import { MeetingRow } from "./meeting-row";
import styles from "./meetings.module.css";
import { useJobPages } from "./queries";

/** All meetings, newest first; what is shown is in the address, so that it can be kept and sent. */
export function MeetingsPage() {
  const params = useSearchParams();
  const query = params.get("find") ?? "";
  const status = statusSchema.safeParse(params.get("state")).data;
  const asked = useDeferredValue(query.trim());
  const { data, error, refetch, hasNextPage, fetchNextPage, isFetchingNextPage, isPending } = useJobPages({
    query: asked || undefined,
    status,
  });
  const gone = new Set(useDeletions().flatMap(({ jobId, problem }) => (problem ? [] : [jobId])));
  const jobs = data?.pages.flatMap((page) => page.jobs).filter(({ jobId }) => !gone.has(jobId));
  const filtered = query !== "" || status !== undefined;

  function show(next: { find?: string; state?: string }) {
    const values = new URLSearchParams(params);
    for (const [key, value] of Object.entries(next)) value ? values.set(key, value) : values.delete(key);
    window.history.replaceState(null, "", values.size ? `?${values}` : window.location.pathname);
  }

  return (
    <>
      <div className={styles.head}>
        <h1>{en.meetings.title}</h1>
        {(filtered || (jobs?.length ?? 0) > 0) && (
          <div className={styles.filters}>
            <label>
              <span className="visually-hidden">{en.meetings.find}</span>
              <input
                type="search"
                value={query}
                maxLength={200}
                placeholder={en.meetings.findPlaceholder}
                onChange={(e) => show({ find: e.target.value })}
              />
            </label>
            <label>
              <span className="visually-hidden">{en.meetings.filter}</span>
              <select value={status ?? ""} onChange={(e) => show({ state: e.target.value })}>
                <option value="">{en.meetings.all}</option>
                {statusSchema.options.map((value) => (
                  <option key={value} value={value}>
                    {en.status[value]}
                  </option>
                ))}
              </select>
            </label>
          </div>
        )}
      </div>
      <p role="status" className="visually-hidden">
        {jobs && en.meetings.found(jobs.length)}
      </p>

      {error && !jobs && <ErrorNotice error={error} onRetry={() => void refetch()} />}
      {error && jobs && (
        <p className={styles.trouble} role="alert">
          {error.message}
        </p>
      )}
      {isPending && <Waiting />}
      {jobs && jobs.length > 0 && (
        <ul className={styles.list} aria-label={en.meetings.list}>
          {jobs.map((job) => (
            <MeetingRow key={job.jobId} job={job} />
          ))}
        </ul>
      )}
      {jobs?.length === 0 && !hasNextPage && (filtered ? <NoneFits onAll={() => show({ find: "", state: "" })} /> : <Empty />)}
      {hasNextPage && (
        <div className={styles.more}>
          <Button disabled={isFetchingNextPage} onClick={() => void fetchNextPage()}>
            {en.meetings.more}
          </Button>
        </div>
      )}
    </>
  );
}

/** Grey rows in place of those that come; shown only if they take a while (see the style). */
function Waiting() {
  return (
    <div className={styles.waiting} role="status" aria-label={en.common.loading}>
      <span />
      <span />
      <span />
    </div>
  );
}

function Empty() {
  const picture = (
    <div className={styles.picture} aria-hidden="true">
      <Icon name="mic" size={34} />
    </div>
  );
  return (
    <Notice title={en.meetings.emptyTitle} text={en.meetings.emptyText} picture={picture}>
      <Link href="/" className={buttonClass("primary")}>
        {en.meetings.emptyAction}
      </Link>
    </Notice>
  );
}

function NoneFits({ onAll }: { onAll: () => void }) {
  return (
    <Notice title={en.meetings.noneTitle} text={en.meetings.noneText}>
      <Button onClick={onAll}>{en.meetings.noneAction}</Button>
    </Notice>
  );
}
