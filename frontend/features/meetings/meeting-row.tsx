"use client";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import Link from "next/link";
import { DropdownMenu } from "radix-ui";
import { useRef, useState } from "react";
import { titleOf } from "@/features/job/title";
import { wordsOfStage } from "@/features/job/stages";
import card from "@/features/ui/card.module.css";
import { Icon } from "@/features/ui/icon";
import menu from "@/features/ui/menu.module.css";
import { cancelJob, isEnded, type Job, processJob } from "@/lib/api/client";
import { ago, clock, spell } from "@/lib/format";
import { en } from "@/strings/en";
import { scheduleDeletion } from "./deletions";
import styles from "./meetings.module.css";
import { keys } from "./queries";
import { RenameDialog } from "./rename-dialog";

export function MeetingRow({ job }: { job: Job }) {
  const cache = useQueryClient();
  const trigger = useRef<HTMLButtonElement>(null);
  const [renaming, setRenaming] = useState(false);
  const refresh = () => cache.invalidateQueries({ queryKey: keys.jobs });
  const act = useMutation<unknown, Error, () => Promise<unknown>>({ mutationFn: (work) => work(), onSettled: refresh });
  const title = titleOf(job);
  const { jobId, status } = job;

  return (
    <li className={styles.row}>
      <div className={styles.what}>
        <Link href={`/meeting/?id=${jobId}`}>{title}</Link>
        <p>
          <time dateTime={job.createdAt}>{ago(job.createdAt)}</time>
          {job.durationMs !== null && <span aria-label={spell(job.durationMs)}>{clock(job.durationMs)}</span>}
          {status === "processing" && <span>{wordsOfStage(job.stage)}</span>}
          {status === "processing" && job.etaSeconds !== null && <span>{en.job.left(spell(job.etaSeconds * 1000))}</span>}
          {status === "failed" && <span className={styles.why}>{job.error?.message}</span>}
        </p>
        {act.error && (
          <p className={styles.why} role="alert">
            {act.error.message}
          </p>
        )}
      </div>
      <Badge job={job} />
      <DropdownMenu.Root modal={false}>
        <DropdownMenu.Trigger ref={trigger} className={card.icon} aria-label={en.meetings.actions(title)}>
          <Icon name="more" />
        </DropdownMenu.Trigger>
        <DropdownMenu.Portal>
          <DropdownMenu.Content className={menu.menu} align="end" sideOffset={4}>
            <DropdownMenu.Item className={menu.item} onSelect={() => setRenaming(true)}>
              <Icon name="edit" /> {en.meetings.rename}
            </DropdownMenu.Item>
            {!isEnded(status) && (
              <DropdownMenu.Item className={menu.item} onSelect={() => act.mutate(() => cancelJob(jobId))}>
                <Icon name="stop" /> {en.meetings.stop}
              </DropdownMenu.Item>
            )}
            {(status === "failed" || status === "cancelled") && (
              <DropdownMenu.Item className={menu.item} onSelect={() => act.mutate(() => processJob({ jobId }))}>
                <Icon name="retry" /> {en.meetings.again}
              </DropdownMenu.Item>
            )}
            <DropdownMenu.Separator className={menu.line} />
            <DropdownMenu.Item
              className={menu.item}
              data-danger=""
              onSelect={() => scheduleDeletion(jobId, title, refresh)}
            >
              <Icon name="trash" /> {en.meetings.delete}
            </DropdownMenu.Item>
          </DropdownMenu.Content>
        </DropdownMenu.Portal>
      </DropdownMenu.Root>
      {renaming && <RenameDialog job={job} from={trigger} onClose={() => setRenaming(false)} onDone={() => void refresh()} />}
    </li>
  );
}

function Badge({ job: { status, progress } }: { job: Job }) {
  const working = status === "processing";
  return (
    <span className={styles.badge} data-status={status}>
      {en.status[status]}
      {working && ` ${en.job.percent(progress)}`}
      {working && <span className={styles.part} aria-hidden="true" style={{ transform: `scaleX(${progress / 100})` }} />}
    </span>
  );
}
