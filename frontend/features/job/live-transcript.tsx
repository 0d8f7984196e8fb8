"use client";
import { useEffect, useRef } from "react";
import type { PartialSegment } from "@/lib/api/client";
import { clock } from "@/lib/format";
import { en } from "@/strings/en";
import styles from "./job.module.css";

const SHOWN = 60; // the newest; the rest is read when the meeting is done

/** What was said so far. It follows the newest words, unless one has scrolled up to read. */
export function LiveTranscript({ segments }: { segments: readonly PartialSegment[] }) {
  const box = useRef<HTMLDivElement>(null);
  const follows = useRef(true);

  useEffect(() => {
    if (box.current && follows.current) box.current.scrollTop = box.current.scrollHeight;
  }, [segments]);

  if (segments.length === 0) return null;
  const first = Math.max(0, segments.length - SHOWN);
  return (
    <section className={styles.live} aria-label={en.job.live}>
      <div
        ref={box}
        className={styles.words}
        tabIndex={0}
        role="log"
        aria-label={en.job.live}
        aria-live="off"
        onScroll={({ currentTarget: { scrollTop, scrollHeight, clientHeight } }) =>
          (follows.current = scrollHeight - scrollTop - clientHeight < 24)
        }
      >
        {segments.slice(first).map(({ startMs, text }, i) => (
          <p key={first + i}>
            <time>{clock(startMs)}</time>
            {text}
          </p>
        ))}
      </div>
      <p className={styles.muted}>{en.job.liveHint}</p>
    </section>
  );
}
