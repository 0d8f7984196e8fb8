"use client";
import { useEffect, useRef } from "react";
import { useAnnounce } from "@/features/shell/announcer";
import { Button } from "@/features/ui/button";
import { en } from "@/strings/en";
import { carryOutAll, type Deletion, undoDeletion, useDeletions } from "./deletions";
import styles from "./undo-bar.module.css";

/** At the foot of every page: what was deleted just now, and how to have it back. */
export function UndoBar() {
  const announce = useAnnounce();
  const deletions = useDeletions();
  const last = deletions.at(-1);
  const jobId = last?.jobId;
  const button = useRef<HTMLButtonElement>(null);

  useEffect(() => {
    window.addEventListener("pagehide", carryOutAll);
    return () => window.removeEventListener("pagehide", carryOutAll);
  }, []);

  // Its row is gone, and the focus with it: the next key press finds the way back here.
  useEffect(() => {
    if (!jobId) return;
    const timer = setTimeout(() => {
      if (document.activeElement === document.body) button.current?.focus();
    }); // the menu that was open gives the focus back first
    return () => clearTimeout(timer);
  }, [jobId]);

  useEffect(() => {
    if (last) announce(last.problem ?? en.meetings.deleted(last.title));
  }, [last, announce]);

  if (!last) return null;

  function undo({ jobId, title, problem }: Deletion) {
    undoDeletion(jobId);
    if (!problem) announce(en.meetings.undone(title));
  }

  return (
    <section className={styles.bar} data-failed={last.problem !== null} aria-label={en.meetings.undo}>
      <p>{last.problem ?? en.meetings.deleted(last.title)}</p>
      <Button ref={button} size="small" onClick={() => undo(last)}>
        {last.problem ? en.common.close : en.meetings.undo}
      </Button>
    </section>
  );
}
