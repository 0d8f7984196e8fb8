"use client";
import { useMutation } from "@tanstack/react-query";
import { Dialog } from "radix-ui";
import { type FormEvent, type RefObject, useState } from "react";
import { titleOf } from "@/features/job/title";
import { Button } from "@/features/ui/button";
import dialog from "@/features/ui/dialog.module.css";
import { type Job, renameJob } from "@/lib/api/client";
import { en } from "@/strings/en";
import styles from "./meetings.module.css";

export interface RenameDialogProps {
  job: Job;
  /** where the focus goes afterwards */
  from: RefObject<HTMLElement | null>;
  onClose: () => void;
  onDone: () => void;
}

export function RenameDialog({ job, from, onClose, onDone }: RenameDialogProps) {
  const [title, setTitle] = useState(titleOf(job));
  const rename = useMutation({
    mutationFn: () => renameJob(job.jobId, title.trim() || null),
    onSuccess() {
      onDone();
      onClose();
    },
  });

  function save(event: FormEvent) {
    event.preventDefault();
    rename.mutate();
  }

  return (
    <Dialog.Root open onOpenChange={(open) => !open && onClose()}>
      <Dialog.Portal>
        <Dialog.Overlay className={dialog.overlay} />
        <Dialog.Content
          className={dialog.dialog}
          aria-describedby={undefined}
          onCloseAutoFocus={(event) => {
            event.preventDefault();
            from.current?.focus();
          }}
        >
          <Dialog.Title>{en.meetings.renameTitle}</Dialog.Title>
          <form className={styles.rename} onSubmit={save}>
            <label>
              {en.meetings.renameLabel}
              <input
                value={title}
                maxLength={300}
                onFocus={(e) => e.target.select()}
                onChange={(e) => setTitle(e.target.value)}
              />
            </label>
            {rename.error && <p role="alert">{rename.error.message}</p>}
            <div className={dialog.actions}>
              <Button onClick={onClose}>{en.common.cancel}</Button>
              <Button type="submit" variant="primary" disabled={rename.isPending}>
                {en.meetings.save}
              </Button>
            </div>
          </form>
        </Dialog.Content>
      </Dialog.Portal>
    </Dialog.Root>
  );
}
