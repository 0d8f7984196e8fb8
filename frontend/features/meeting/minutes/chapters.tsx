"use client";
import type { Topic } from "@/lib/api/client";
import { clock } from "@/lib/format";
import { useMeeting } from "../meeting-context";
import { segmentAt } from "../model/word-index";
import { usePlayerTime } from "../player/use-player";
import styles from "./minutes.module.css";

/** Topics in their order; the one that plays is marked, a click goes there. */
export function Chapters({ topics }: { topics: readonly Topic[] }) {
  const { player, transcript, reveal } = useMeeting();
  const now = usePlayerTime(player, 1000) / 1000;
  const current = topics.findLastIndex((topic) => topic.start <= now + 0.5);
  const go = (topic: Topic) => {
    player.seek(topic.start * 1000, { play: true });
    const segment = segmentAt(transcript?.segments ?? [], topic.start * 1000 + 1);
    if (segment >= 0) reveal(segment);
  };
  return (
    <ol className={styles.chapters}>
      {topics.map((topic, i) => (
        <li key={i}>
          <button
            type="button"
            className={styles.chapter}
            aria-current={i === current ? "true" : undefined}
            onClick={() => go(topic)}
          >
            <span className={styles.chapterTime}>{clock(topic.start * 1000)}</span>{" "}
            <span className={styles.chapterTitle}>{topic.title}</span>
          </button>
          {topic.summary && <p className={styles.chapterText}>{topic.summary}</p>}
        </li>
      ))}
    </ol>
  );
}
