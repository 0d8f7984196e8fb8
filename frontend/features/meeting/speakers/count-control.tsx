"use client";
import { useEffect, useId, useRef, useState } from "react";
import { useAnnounce } from "@/features/shell/announcer";
import { Button } from "@/features/ui/button";
import { Icon } from "@/features/ui/icon";
import { en } from "@/strings/en";
import { useMeeting } from "../meeting-context";
import { changeCount } from "../model/edit";
import styles from "./speakers.module.css";

const t = en.meeting.speakers;
const MOST = 20;
const SETTLE_MS = 350;

/** Tells so many speakers apart. While the number still changes nothing is sent. */
export function CountControl() {
  const { analysis, transcript, edits } = useMeeting();
  const announce = useAnnounce();
  const present = transcript?.speakers?.length ?? 0;
  const [wanted, setWanted] = useState<number | null>(null);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const latest = useRef(analysis);
  const label = useId();
  const hint = useId();
  useEffect(() => {
    latest.current = analysis;
  }, [analysis]);
  useEffect(() => () => clearTimeout(timer.current), []);

  const choose = (next: number) => {
    const count = Math.max(1, Math.min(MOST, next));
    setWanted(count);
    clearTimeout(timer.current);
    timer.current = setTimeout(async () => {
      const change = changeCount(latest.current, count);
      if (change && (await edits.change(change))) announce(t.told(count));
      setWanted(null);
    }, SETTLE_MS);
  };
  const shown = wanted ?? present;
  return (
    <section className={styles.count} aria-labelledby={label}>
      <h2 id={label}>{t.count}</h2>
      <p id={hint}>{t.countHint}</p>
      <div className={styles.stepper}>
        <Button aria-label={t.fewer} disabled={shown <= 1} onClick={() => choose(shown - 1)}>
          <Icon name="minus" />
        </Button>
        <input
          type="range"
          min={1}
          max={Math.max(10, present)}
          value={shown}
          aria-labelledby={label}
          aria-describedby={hint}
          onChange={(e) => choose(Number(e.target.value))}
        />
        <Button aria-label={t.more} disabled={shown >= MOST} onClick={() => choose(shown + 1)}>
          <Icon name="plus" />
        </Button>
        <output>{shown}</output>
      </div>
    </section>
  );
}
