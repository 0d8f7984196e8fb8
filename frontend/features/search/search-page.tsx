"use client";
import { useRouter, useSearchParams } from "next/navigation";
import { useEffect, useState } from "react";
import { useAnnounce } from "@/features/shell/announcer";
import { Button } from "@/features/ui/button";
import { ErrorNotice } from "@/features/ui/error-notice";
import { Notice } from "@/features/ui/notice";
import { en } from "@/strings/en";
import { FoundMeetingView } from "./found-meeting";
import { SearchForm } from "./search-form";
import styles from "./search.module.css";
import { addressOf, readSearch } from "./search-address";
import { useSearch } from "./use-search";

const t = en.search;
const FEW = 5;
const MANY = 50;

/** Words of all meetings. What is looked for is in the address, so that a search can be kept and sent. */
export function SearchPage() {
  const wanted = readSearch(useSearchParams());
  const router = useRouter();
  return (
    <div className={styles.page}>
      <h1>{t.title}</h1>
      <SearchForm key={addressOf(wanted)} wanted={wanted} onSearch={(next) => router.push(addressOf(next))} />
      {wanted.q ? <Results key={addressOf(wanted)} wanted={wanted} /> : <Notice title={t.startTitle} text={t.startText} />}
    </div>
  );
}

function Results({ wanted }: { wanted: ReturnType<typeof readSearch> }) {
  const [hits, setHits] = useState(FEW);
  const { data, error, isPending, refetch, hasNextPage, fetchNextPage, isFetchingNextPage } = useSearch({ ...wanted, hits });
  const meetings = data?.pages.flatMap((page) => page.meetings) ?? [];
  const isFiltered = Boolean(wanted.speaker || wanted.from || wanted.to);
  const announce = useAnnounce();
  const told = data && (meetings.length ? t.found(meetings.length, !hasNextPage) : t.nothingTitle(wanted.q));
  useEffect(() => {
    if (told) announce(told);
  }, [told, announce]);

  if (error) return <ErrorNotice error={error} onRetry={() => void refetch()} />;
  if (isPending) return <p className={styles.count}>{en.common.loading}</p>;
  if (!meetings.length)
    return <Notice title={t.nothingTitle(wanted.q)} text={isFiltered ? t.nothingFiltered : t.nothing} />;
  const isCut = hits === FEW && meetings.some((m) => m.total > m.hits.length);
  return (
    <>
      <div className={styles.count}>
        <p>{told}</p>
        {isCut && (
          <Button variant="quiet" size="small" onClick={() => setHits(MANY)}>
            {t.morePassages}
          </Button>
        )}
      </div>
      <ul className={styles.meetings}>
        {meetings.map((meeting) => (
          <FoundMeetingView key={meeting.jobId} meeting={meeting} />
        ))}
      </ul>
      {hasNextPage && (
        <Button className={styles.older} disabled={isFetchingNextPage} onClick={() => void fetchNextPage()}>
          {t.moreMeetings}
        </Button>
      )}
    </>
  );
}
