"use client";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useRouter } from "next/navigation";
import { AlertDialog, DropdownMenu } from "radix-ui";
import { type FormEvent, useState } from "react";
import { keys } from "@/features/meetings/queries";
import { Button } from "@/features/ui/button";
import { Icon } from "@/features/ui/icon";
import dialog from "@/features/ui/dialog.module.css";
import menu from "@/features/ui/menu.module.css";
import { deleteJob, renameJob } from "@/lib/api/client";
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
            <h1>{job.title ?? en.common.untitled}</h1>
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
    </header>
  );
}

function TitleForm({ onDone }: { onDone: () => void }) {
  const { job, refetchJob } = useMeeting();
  const client = useQueryClient();
  const [title, setTitle] = useState(job.title ?? "");
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
  const [isAsking, setAsking] = useState(false);
  const router = useRouter();
  const client = useQueryClient();
  const remove = useMutation({
    mutationFn: () => deleteJob(job.jobId),
    onSuccess: () => {
      client.removeQueries({ queryKey: keys.analysis(job.jobId) });
      void client.invalidateQueries({ queryKey: keys.jobs });
      router.push("/meetings/");
    },
  });
  return (
    <>
      <DropdownMenu.Root modal={false}>
        <DropdownMenu.Trigger asChild>
          <Button variant="quiet" aria-label={en.meeting.more}>
            <Icon name="more" />
          </Button>
        </DropdownMenu.Trigger>
        <DropdownMenu.Portal>
          <DropdownMenu.Content className={menu.menu} align="end" sideOffset={6}>
            <DropdownMenu.Item className={menu.item} data-danger="" onSelect={() => setAsking(true)}>
              <Icon name="trash" />
              {en.meeting.delete.item}
            </DropdownMenu.Item>
          </DropdownMenu.Content>
        </DropdownMenu.Portal>
      </DropdownMenu.Root>
      <AlertDialog.Root open={isAsking} onOpenChange={setAsking}>
        <AlertDialog.Portal>
          <AlertDialog.Overlay className={dialog.overlay} />
          <AlertDialog.Content className={dialog.dialog}>
            <AlertDialog.Title>{en.meeting.delete.title}</AlertDialog.Title>
            <AlertDialog.Description>{en.meeting.delete.text}</AlertDialog.Description>
            {remove.error && <p role="alert">{remove.error.message}</p>}
            <div className={dialog.actions}>
              <AlertDialog.Cancel asChild>
                <Button>{en.common.cancel}</Button>
              </AlertDialog.Cancel>
              <Button variant="danger" disabled={remove.isPending} onClick={() => remove.mutate()}>
                {en.meeting.delete.confirm}
              </Button>
            </div>
          </AlertDialog.Content>
        </AlertDialog.Portal>
      </AlertDialog.Root>
    </>
  );
}
