// Action items for spreadsheets and calendars.
import type { Minutes } from "@/lib/api/client";
import { csv } from "@/lib/csv";
import { clock } from "@/lib/format";
import { en } from "@/strings/en";
import type { OwnerOf } from "./markdown";
import { firstMoment } from "./model";

const t = en.minutes.task;

export function tasksCsv(minutes: Minutes, ownerOf: OwnerOf): string {
  return csv([
    [...t.columns],
    ...minutes.action_items.map((task) => {
      const moment = firstMoment(task.evidence);
      return [
        task.what,
        ownerOf(task) ?? "",
        task.due?.date ?? "",
        task.due?.said ?? "",
        task.done ? "x" : "",
        moment === null ? "" : clock(moment),
        task.evidence?.[0]?.quote ?? "",
      ];
    }),
  ]);
}

const isDay = (date: string | null | undefined): date is string => /^\d{4}-\d{2}-\d{2}$/.test(date ?? "");

export const hasDates = (minutes: Minutes): boolean => minutes.action_items.some((task) => isDay(task.due?.date));

/** RFC 5545, 3.1: lines end with CR LF and hold at most 75 bytes; those that are longer go on after a blank. */
export function fold(line: string): string {
  const encoder = new TextEncoder();
  const parts: string[] = [];
  let part = "";
  let size = 0;
  for (const character of line) {
    const bytes = encoder.encode(character).length;
    if (size + bytes > (parts.length ? 74 : 75)) {
      parts.push(part);
      part = "";
      size = 0;
    }
    part += character;
    size += bytes;
  }
  return [...parts, part].join("\r\n ");
}

const text = (value: string): string => value.replace(/[\\;,]/g, "\\$&").replace(/\r?\n/g, "\\n");
const plain = (date: string): string => date.replaceAll("-", "");

function dayAfter(date: string): string {
  const next = new Date(`${date}T00:00:00Z`);
  next.setUTCDate(next.getUTCDate() + 1);
  return next.toISOString().slice(0, 10);
}

/** An all-day entry for each open task that has a date; every calendar takes these, few take to-dos. */
export function tasksIcs(minutes: Minutes, jobId: string, title: string, ownerOf: OwnerOf, now = new Date()): string {
  const stamp = now.toISOString().replace(/[-:]|\.\d+/g, "");
  const events = minutes.action_items.flatMap((task, i) => {
    const date = task.due?.date;
    if (!isDay(date) || task.done) return [];
    const owner = ownerOf(task);
    const about = [owner, title, task.evidence?.[0] && `“${task.evidence[0].quote}”`].filter(Boolean).join("\n");
    return [
      "BEGIN:VEVENT",
      `UID:${jobId}-${i}@chip`,
      `DTSTAMP:${stamp}`,
      `DTSTART;VALUE=DATE:${plain(date)}`,
      `DTEND;VALUE=DATE:${plain(dayAfter(date))}`,
      "TRANSP:TRANSPARENT",
      `SUMMARY:${text(t.event(owner ? `${task.what} (${owner})` : task.what))}`,
      `DESCRIPTION:${text(about)}`,
      "END:VEVENT",
    ];
  });
  const lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//chip//minutes//EN", ...events, "END:VCALENDAR"];
  return `${lines.map(fold).join("\r\n")}\r\n`;
}
