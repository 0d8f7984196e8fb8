"use client";
import { Tabs } from "radix-ui";
import { useState } from "react";
import { en } from "@/strings/en";
import { EditStatus } from "./edit-status";
import styles from "./meeting.module.css";
import { useMeeting } from "./meeting-context";
import { MeetingHeader } from "./meeting-header";
import { panels } from "./panels";
import { PlayerBar } from "./player/player-bar";
import { Recording } from "./player/recording";
import { PrintDocument } from "./print/print-document";
import { Timeline } from "./timeline/timeline";
import { Transcript } from "./transcript/transcript";
import { useMediaQuery } from "./use-media-query";
import { useMoment } from "./use-moment";
import { usePageKeys } from "./use-page-keys";

const TRANSCRIPT = "transcript";

/** Wide: the transcript, and the panels beside it. Narrow: all of them are tabs. The player is at the foot. */
export function MeetingView() {
  const { job } = useMeeting();
  const isWide = useMediaQuery("(width >= 64rem)");
  const [chosen, setChosen] = useState<string>(panels[0]?.id ?? TRANSCRIPT);
  const [narrow, setNarrow] = useState<string>(TRANSCRIPT);
  usePageKeys();
  useMoment();
  const tab = isWide ? chosen : narrow;
  const choose = (id: string) => {
    setNarrow(id);
    if (id !== TRANSCRIPT) setChosen(id);
  };
  return (
    <div className={styles.page}>
      <PrintDocument />
      <MeetingHeader />
      {isWide && <Timeline />}
      <Tabs.Root value={tab} onValueChange={choose} className={styles.columns}>
        {isWide && (
          <section className={styles.main} aria-label={en.meeting.panels.transcript}>
            <Transcript />
          </section>
        )}
        <aside className={styles.side} aria-label={en.meeting.panels.label}>
          <Recording jobId={job.jobId} />
          <Tabs.List className={styles.tabs} aria-label={en.meeting.panels.label}>
            {!isWide && <Tab id={TRANSCRIPT} label={en.meeting.panels.transcript} />}
            {panels.map(({ id, label }) => (
              <Tab key={id} id={id} label={label} />
            ))}
          </Tabs.List>
          {panels.map(({ id, Panel }) => (
            <Tabs.Content key={id} value={id} className={styles.panel}>
              <Panel />
            </Tabs.Content>
          ))}
        </aside>
        {!isWide && (
          <Tabs.Content value={TRANSCRIPT} className={styles.main} tabIndex={-1}>
            <Transcript />
          </Tabs.Content>
        )}
      </Tabs.Root>
      <div className={styles.dock}>
        <EditStatus />
        <PlayerBar />
      </div>
    </div>
  );
}

function Tab({ id, label }: { id: string; label: string }) {
  return (
    <Tabs.Trigger value={id} className={styles.tab}>
      {label}
    </Tabs.Trigger>
  );
}
