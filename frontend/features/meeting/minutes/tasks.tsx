"use client";
import { DropdownMenu, Popover } from "radix-ui";
import { type CSSProperties, type FormEvent, useId, useState } from "react";
import { Button } from "@/features/ui/button";
import { Icon } from "@/features/ui/icon";
import menu from "@/features/ui/menu.module.css";
import type { ActionItem, Minutes } from "@/lib/api/client";
import { fileName, saveFile } from "@/lib/hand-over";
import { en } from "@/strings/en";
import { useMeeting } from "../meeting-context";
import { CopyButton } from "./copy-button";
import { EvidenceLinks } from "./evidence";
import { taskMarkdown } from "./markdown";
import styles from "./minutes.module.css";
import { changeMinutes, day, ownerOf, withTask } from "./model";
import { hasDates, tasksCsv, tasksIcs } from "./tasks-export";
import { useOwner } from "./use-owner";

const t = en.minutes.task;

/** Who does what until when. With `canEdit` they can be ticked and assigned; that is saved with the minutes. */
export function Tasks({ minutes, canEdit }: { minutes: Minutes; canEdit: boolean }) {
  return (
    <ul className={styles.tasks}>
      {minutes.action_items.map((task, i) => (
        <Task key={i} minutes={minutes} index={i} task={task} canEdit={canEdit} />
      ))}
    </ul>
  );
}

function Task({ minutes, index, task, canEdit }: { minutes: Minutes; index: number; task: ActionItem; canEdit: boolean }) {
  const { analysis, edits, colourOf } = useMeeting();
  const nameOfOwner = useOwner();
  const owner = nameOfOwner(task);
  const change = (part: Partial<ActionItem>) => void edits.change(changeMinutes(analysis, withTask(minutes, index, part)));
  const due = task.due?.date ? day(task.due.date) : task.due?.said ? t.said(task.due.said) : null;
  const facts = (
    <>
      <span className={styles.owner} data-none={owner === null || undefined}>
        <Icon name="person" size={14} />
        {owner ?? t.nobody}
      </span>
      <span className={styles.due} data-none={due === null || undefined}>
        <Icon name="calendar" size={14} />
        {due ?? t.noDate}
      </span>
    </>
  );
  const colour = { "--speaker": colourOf(task.owner?.speaker ?? null) } as CSSProperties;
  return (
    <li className={styles.task} data-done={task.done || undefined} style={colour}>
      <input
        type="checkbox"
        checked={task.done ?? false}
        disabled={!canEdit}
        aria-label={t.done(task.what)}
        onChange={(e) => change({ done: e.target.checked })}
      />
      <div>
        <p className={styles.what}>{task.what}</p>
        <div className={styles.facts}>
          {canEdit ? (
            <Assign task={task} owner={owner} onChange={change}>
              {facts}
            </Assign>
          ) : (
            <span className={styles.assign}>{facts}</span>
          )}
          <EvidenceLinks evidence={task.evidence} unverified={task.unverified} />
        </div>
      </div>
      <CopyButton label={t.copy(task.what)} text={() => taskMarkdown(task, nameOfOwner)} />
    </li>
  );
}

interface AssignProps {
  task: ActionItem;
  owner: string | null;
  onChange: (part: Partial<ActionItem>) => void;
  children: React.ReactNode;
}

function Assign({ task, owner, onChange, children }: AssignProps) {
  const { transcript, nameOf } = useMeeting();
  const [isOpen, setOpen] = useState(false);
  const people = useId();
  const speakers = transcript?.speakers ?? [];
  const save = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const data = new FormData(event.currentTarget);
    const date = String(data.get("date") ?? "") || null;
    const said = task.due?.said ?? null;
    onChange({
      owner: ownerOf(String(data.get("owner") ?? ""), speakers, nameOf),
      due: date === null && said === null ? null : { date, said },
    });
    setOpen(false);
  };
  return (
    <Popover.Root open={isOpen} onOpenChange={setOpen}>
      <Popover.Trigger className={styles.assign}>
        <span className="visually-hidden">{t.edit(task.what)}</span>
        {children}
      </Popover.Trigger>
      <Popover.Portal>
        <Popover.Content className={styles.popover} align="start" sideOffset={6} collisionPadding={12}>
          <form className={styles.form} onSubmit={save}>
            <label>
              <span>{t.owner}</span>
              <input name="owner" list={people} defaultValue={owner ?? ""} maxLength={100} placeholder={t.ownerHint} autoComplete="off" />
            </label>
            <datalist id={people}>
              {speakers.map(({ id }) => (
                <option key={id} value={nameOf(id)} />
              ))}
            </datalist>
            <label>
              <span>{t.date}</span>
              <input type="date" name="date" defaultValue={task.due?.date ?? ""} />
            </label>
            {task.due?.said && <p>{t.said(task.due.said)}</p>}
            <div className={styles.formActions}>
              <Popover.Close asChild>
                <Button size="small" variant="quiet">
                  {en.common.cancel}
                </Button>
              </Popover.Close>
              <Button size="small" variant="primary" type="submit">
                {t.save}
              </Button>
            </div>
          </form>
        </Popover.Content>
      </Popover.Portal>
    </Popover.Root>
  );
}

/** Action items as files for a spreadsheet and a calendar. */
export function TasksMenu({ minutes }: { minutes: Minutes }) {
  const { job } = useMeeting();
  const nameOfOwner = useOwner();
  const title = job.title ?? en.common.untitled;
  const canCalendar = hasDates(minutes);
  const table = () =>
    saveFile(fileName(title, ".tasks.csv"), `\ufeff${tasksCsv(minutes, nameOfOwner)}`, "text/csv;charset=utf-8");
  const calendar = () =>
    saveFile(fileName(title, ".ics"), tasksIcs(minutes, job.jobId, title, nameOfOwner), "text/calendar;charset=utf-8");
  return (
    <DropdownMenu.Root modal={false}>
      <DropdownMenu.Trigger className={styles.tool} aria-label={t.export} title={t.export}>
        <Icon name="download" size={15} />
      </DropdownMenu.Trigger>
      <DropdownMenu.Portal>
        <DropdownMenu.Content className={menu.menu} align="end" sideOffset={6}>
          <DropdownMenu.Item className={menu.item} onSelect={table}>
            {t.table}
          </DropdownMenu.Item>
          <DropdownMenu.Item className={menu.item} disabled={!canCalendar} onSelect={calendar}>
            {canCalendar ? t.calendar : t.calendarNone}
          </DropdownMenu.Item>
        </DropdownMenu.Content>
      </DropdownMenu.Portal>
    </DropdownMenu.Root>
  );
}
