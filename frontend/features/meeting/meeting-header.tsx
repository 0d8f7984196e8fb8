"use client";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useRouter } from "next/navigation";
import { DropdownMenu } from "radix-ui";
import { type FormEvent, useState } from "react";
import { titleOf } from "@/features/job/title";
import { scheduleDeletion } from "@/features/meetings/deletions";
import { keys } from "@/features/meetings/queries";
import { Button } from "@/features/ui/button";
import { Icon } from "@/features/ui/icon";
import dialog from "./dialog.module.css";
import menu from "@/features/ui/menu.module.css";
import { isEnded, type Redo, redoJob, renameJob } from "@/lib/api/client";
import { ago, spell } from "@/lib/format";
import { en } from "@/strings/en";
import { ExportMenu } from "./export/export-menu";
import styles from "./meeting.module.css";
import { useMeeting } from "./meeting-context";

const languages = new Intl.DisplayNames("en", { type: "language", fallback: "code" });

function languageName(code: string): string {
  try {
    return languages.of(code) ?? code;
  } catch {
    return code; // whatever a model calls it
  }
}

/** What meeting this is: its title, which can be changed in place, and its facts. */
export function MeetingHeader() {
  const { job, analysis, transcript } = useMeeting();
  const [isRenaming, setRenaming] = useState(false);
  const speakers = transcript?.speakers?.length ?? 0;
  const facts = [
    ago(job.createdAt),
    analysis.durationMs !== null && spell(analysis.durationMs),
    speakers > 0 && en.meeting.facts.speakers(speakers),
    analysis.language && languageName(analysis.language),
  ].filter((fact): fact is string => Boolean(fact));
  return (
    <header className={styles.header}>
      <div className={styles.titleRow}>
        {isRenaming ? (
          <TitleForm onDone={() => setRenaming(false)} />
        ) : (
          <>
            <h1>{titleOf(job)}</h1>
            <div className={styles.titleActions}>
              <Button variant="quiet" aria-label={en.meeting.rename} onClick={() => setRenaming(true)}>
                <Icon name="edit" />
              </Button>
              <ExportMenu />
              <MoreMenu />
            </div>
          </>
        )}
      </div>
      <ul className={styles.facts}>
        {facts.map((fact) => (
          <li key={fact}>{fact}</li>
        ))}
      </ul>
      <Again />
    </header>
  );
}

function TitleForm({ onDone }: { onDone: () => void }) {
  const { job, refetchJob } = useMeeting();
  const client = useQueryClient();
  const [title, setTitle] = useState(titleOf(job));
  const save = useMutation({
    mutationFn: () => renameJob(job.jobId, title.trim() || null),
    onSuccess: () => {
      refetchJob();
      void client.invalidateQueries({ queryKey: keys.jobs });
      onDone();
    },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    save.mutate();
  };
  return (
    <form className={styles.titleForm} onSubmit={submit} onKeyDown={(e) => e.key === "Escape" && onDone()}>
      <input
        autoFocus
        value={title}
        maxLength={300}
        aria-label={en.meeting.title}
        onChange={(e) => setTitle(e.target.value)}
        onFocus={(e) => e.target.select()}
      />
      <Button type="submit" variant="primary" disabled={save.isPending}>
        {en.meeting.save}
      </Button>
      <Button variant="quiet" onClick={onDone}>
        {en.common.cancel}
      </Button>
      {save.error && (
        <p role="alert" className={styles.banner} data-tone="danger">
          {save.error.message}
        </p>
      )}
    </form>
  );
}

function MoreMenu() {
  const { job } = useMeeting();
  const router = useRouter();
  const client = useQueryClient();
  const remove = () => {
    scheduleDeletion(job.jobId, titleOf(job), () => client.invalidateQueries({ queryKey: keys.jobs }));
    router.push("/meetings/"); // where it can be undone
  };
  return (
    <DropdownMenu.Root modal={false}>
      <DropdownMenu.Trigger asChild>
        <Button variant="quiet" aria-label={en.meeting.more}>
          <Icon name="more" />
        </Button>
      </DropdownMenu.Trigger>
      <DropdownMenu.Portal>
        <DropdownMenu.Content className={menu.menu} align="end" sideOffset={6}>
          <DropdownMenu.Item className={menu.item} data-danger="" onSelect={remove}>
            <Icon name="trash" />
            {en.meeting.delete}
          </DropdownMenu.Item>
        </DropdownMenu.Content>
      </DropdownMenu.Portal>
    </DropdownMenu.Root>
  );
}

/** A part that is done again, or could not be: the result is the one from before. */
function Again() {
  const { job, refetchJob } = useMeeting();
  const retry = useMutation({
    mutationFn: () => redoJob(job.jobId, job.redo ? { stage: job.redo as Redo["stage"] } : undefined),
    onSuccess: refetchJob,
  });
  if (job.status === "completed") return null;
  const isUnderWay = !isEnded(job.status);
  return (
    <div className={styles.banner} data-tone={isUnderWay ? "calm" : "danger"} role="status">
      <p>
        {isUnderWay
          ? en.meeting.again.underWay(Math.floor(job.progress))
          : en.meeting.again.failed(retry.error?.message ?? job.error?.message ?? en.status[job.status])}
      </p>
      {!isUnderWay && (
        <Button size="small" disabled={retry.isPending} onClick={() => retry.mutate()}>
          {en.errors.retry}
        </Button>
      )}
    </div>
  );
}
