"use client";
import { useEffect } from "react";
import { useAnnounce } from "@/features/shell/announcer";
import { Button } from "@/features/ui/button";
import { en } from "@/strings/en";
import styles from "./meeting.module.css";
import { useMeeting } from "./meeting-context";
import type { Change, Misfit } from "./model/edit";

const t = en.meeting.edits;

/** What of the corrections is not saved, why, and what one can do. Nothing while all is well. */
export function EditStatus() {
  const { edits, editState } = useMeeting();
  const { problem, unsaved, isSaving } = editState;
  const announce = useAnnounce();
  const version = editState.analysis.version;
  useEffect(() => {
    if (version > 1 && !isSaving && unsaved === 0) announce(t.saved);
  }, [version, isSaving, unsaved, announce]);
  if (!problem) return null;
  const mine = textOf(problem.change);
  const copy = mine && (
    <Button size="small" variant="quiet" onClick={() => void navigator.clipboard?.writeText(mine)}>
      {t.copy}
    </Button>
  );
  if (problem.kind === "waiting")
    return (
      <div role="alert" className={styles.banner}>
        <p>
          {t.waiting(unsaved)} {problem.error.message}
        </p>
        <Button size="small" onClick={() => edits.retry()}>
          {t.retry}
        </Button>
        {copy}
        <Button size="small" variant="quiet" onClick={edits.discard}>
          {t.discard}
        </Button>
      </div>
    );
  if (problem.kind === "refused")
    return (
      <div role="alert" className={styles.banner} data-tone="danger">
        <p>
          {t.refused} {problem.error.message}
        </p>
        {mine && <Both mine={mine} theirs={null} />}
        {copy}
        <Button size="small" onClick={edits.discard}>
          {t.discard}
        </Button>
      </div>
    );
  const { misfit } = problem;
  const canForce = !(misfit.why === "speaker-gone" || (misfit.why === "text" && misfit.theirs === null));
  return (
    <div role="alert" className={styles.banner}>
      <p>{reason(misfit)}</p>
      {misfit.why === "text" && <Both mine={misfit.mine} theirs={misfit.theirs} />}
      {canForce && (
        <Button size="small" onClick={() => edits.retry(true)}>
          {t.mine}
        </Button>
      )}
      <Button size="small" onClick={edits.discard}>
        {canForce ? t.theirs : t.discard}
      </Button>
      {copy}
    </div>
  );
}

function Both({ mine, theirs }: { mine: string; theirs: string | null }) {
  return (
    <dl className={styles.both}>
      <dt>{t.mineText}</dt>
      <dd>{mine}</dd>
      {theirs !== null && (
        <>
          <dt>{t.theirsText}</dt>
          <dd>{theirs}</dd>
        </>
      )}
    </dl>
  );
}

function reason(misfit: Misfit): string {
  switch (misfit.why) {
    case "text":
      return misfit.theirs === null ? t.conflict.gone : t.conflict.text;
    case "speaker-gone":
      return t.conflict.speakerGone;
    case "said-by-other":
      return t.conflict.other;
    case "renamed":
      return t.conflict.renamed(misfit.theirs, misfit.mine);
    case "field":
      return t.conflict.field;
  }
}

/** What a person has typed, so that it is not lost. */
function textOf(change: Change): string {
  if (change.kind === "text") return change.edits.map((e) => e.after).join(" ");
  return change.kind === "name" ? change.after : "";
}
