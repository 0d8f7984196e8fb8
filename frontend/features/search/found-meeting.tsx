import Link from "next/link";
import { Icon } from "@/features/ui/icon";
import type { FoundMeeting, FoundPassage } from "@/lib/api/client";
import { ago, clock, spell } from "@/lib/format";
import { en } from "@/strings/en";
import styles from "./search.module.css";
import { momentAddress } from "./search-address";

const t = en.search;

/** A meeting in which something was found, with the passages; each leads to its moment. */
export function FoundMeetingView({ meeting }: { meeting: FoundMeeting }) {
  const { jobId, title, createdAt, durationMs, total, hits } = meeting;
  // A title that was found says where; it needs no line of its own below.
  const inTitle = hits.find((hit) => hit.kind === "title");
  const passages = hits.filter((hit) => hit !== inTitle);
  return (
    <li className={styles.meeting}>
      <header>
        <h2>
          <Link href={momentAddress(jobId, null)}>{inTitle ? <Pieces of={inTitle} /> : (title ?? en.common.untitled)}</Link>
        </h2>
        <p className={styles.facts}>
          {[ago(createdAt), durationMs !== null && spell(durationMs), t.passages(total)].filter(Boolean).join(" · ")}
        </p>
      </header>
      <ul className={styles.passages}>
        {passages.map((hit, i) => (
          <Passage key={i} jobId={jobId} hit={hit} />
        ))}
      </ul>
    </li>
  );
}

function Passage({ jobId, hit }: { jobId: string; hit: FoundPassage }) {
  const when = hit.start === null ? null : clock(hit.start * 1000);
  const who = hit.speaker?.name ?? hit.speaker?.id;
  return (
    <li>
      <Link href={momentAddress(jobId, hit.start)} className={styles.passage}>
        <span className={styles.when}>
          {when && (
            <>
              <Icon name="play" size={13} />
              <span className="visually-hidden">{t.at(when)}</span>
              <span aria-hidden="true">{when}</span>
            </>
          )}
        </span>
        <span>
          <span className={styles.kind} data-kind={hit.kind}>
            {hit.kind === "segment" ? (who ?? t.kinds.segment) : [t.kinds[hit.kind] ?? hit.kind, who].filter(Boolean).join(" · ")}
          </span>
          <span className={styles.text}>
            <Pieces of={hit} />
          </span>
        </span>
      </Link>
    </li>
  );
}

/** The words, those that were looked for marked. */
function Pieces({ of: { pieces } }: { of: FoundPassage }) {
  return pieces.map(({ text, match }, i) => (match ? <mark key={i}>{text}</mark> : <span key={i}>{text}</span>));
}
