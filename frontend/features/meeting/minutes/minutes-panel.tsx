"use client";
import { Tooltip } from "radix-ui";
import { useMemo } from "react";
import { Notice } from "@/features/ui/notice";
import { isEnded, type Minutes } from "@/lib/api/client";
import { en } from "@/strings/en";
import { useMeeting } from "../meeting-context";
import { CompareMinutes } from "./compare";
import { CopyButton } from "./copy-button";
import { minutesMarkdown } from "./markdown";
import styles from "./minutes.module.css";
import { MinutesView } from "./minutes-view";
import { readMinutes } from "./model";
import { Origin } from "./origin";
import { RedoMinutes } from "./redo";
import { useOwner } from "./use-owner";

const t = en.minutes;

/** What came of the meeting. */
export function MinutesPanel() {
  const { job, analysis } = useMeeting();
  const minutes = analysis.minutes && readMinutes(analysis.minutes);
  const isWriting = !isEnded(job.status);
  if (!minutes)
    return (
      <Notice title={isWriting ? t.writing : t.none} text={isWriting ? undefined : analysis.minutes ? t.unreadable : t.noneText}>
        {!isWriting && <RedoMinutes label={t.write} variant="primary" />}
      </Notice>
    );
  return (
    <Tooltip.Provider delayDuration={250} skipDelayDuration={400}>
      <Bar minutes={minutes} isWriting={isWriting} />
      <MinutesView minutes={minutes} canEdit={!isWriting} />
      <Origin minutes={minutes} />
    </Tooltip.Provider>
  );
}

function Bar({ minutes, isWriting }: { minutes: Minutes; isWriting: boolean }) {
  const { job, analysis } = useMeeting();
  const nameOfOwner = useOwner();
  const before = useMemo(
    () => (analysis.minutesBefore ?? []).map(readMinutes).filter((m): m is Minutes => m !== null),
    [analysis.minutesBefore],
  );
  return (
    <>
      <div className={styles.bar}>
        {isWriting ? (
          <p role="status" className={styles.small}>
            {t.writing}
          </p>
        ) : (
          <RedoMinutes label={t.redo.open} />
        )}
        {before.length > 0 && <CompareMinutes now={minutes} before={before} />}
        <span className={styles.tools}>
          <CopyButton
            label={t.copy}
            text={() => minutesMarkdown(minutes, job.title ?? minutes.title, nameOfOwner)}
          />
        </span>
      </div>
      {minutes.stale && !isWriting && <p className={styles.stale}>{t.stale}</p>}
    </>
  );
}
