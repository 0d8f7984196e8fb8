// Minutes as the page has them, and corrections of them. Pure functions.
import type { Analysis, ActionItem, Evidence, Figure, Minutes } from "@/lib/api/client";
import { minutesSchema } from "@/lib/api/minutes-schemas";
import type { Change } from "../model/edit";

const read = new WeakMap<object, Minutes | null>();

/** Null for what is not minutes. The same object gives the same minutes. */
export function readMinutes(value: object): Minutes | null {
  let known = read.get(value);
  if (known === undefined) {
    const parsed = minutesSchema.safeParse(value);
    known = parsed.success ? parsed.data : null;
    read.set(value, known);
  }
  return known;
}

export const isEmpty = (m: Minutes): boolean =>
  !m.summary.short &&
  ![m.topics, m.decisions, m.action_items, m.open_questions, m.risks, m.figures].some((list) => list.length);

/** The correction that puts other minutes in the place of these. */
export function changeMinutes(analysis: Analysis, after: Minutes): Change {
  return { kind: "field", field: "minutes", before: analysis.minutes, after };
}

export function withTask(minutes: Minutes, index: number, change: Partial<ActionItem>): Minutes {
  return { ...minutes, action_items: minutes.action_items.map((task, i) => (i === index ? { ...task, ...change } : task)) };
}

/** Older minutes as the present ones. */
export function restored(older: Minutes): Minutes {
  const { replaced_at: _, ...minutes } = older;
  return minutes;
}

/** Figures of one sentence as one item, with all their values. */
export function figuresBySentence(figures: readonly Figure[]): (Figure & { values: string })[] {
  const found = new Map<string, Figure & { values: string }>();
  for (const figure of figures) {
    const before = found.get(figure.text);
    if (before) before.values = [before.values, figure.value].filter(Boolean).join(", ");
    else found.set(figure.text, { ...figure, values: figure.value });
  }
  return [...found.values()];
}

export type NameOf = (label: string | null) => string;

/** Speakers as they are called now; whoever is none, as the minutes call them. Null: nobody. */
export function ownerName(task: ActionItem, nameOf: NameOf, isNamed: (label: string) => boolean): string | null {
  const { owner } = task;
  if (!owner || (owner.speaker === null && !owner.name)) return null;
  if (owner.speaker !== null && (isNamed(owner.speaker) || !owner.name)) return nameOf(owner.speaker);
  return owner.name;
}

/** What somebody typed as owner: a speaker's name means the speaker. */
export function ownerOf(text: string, speakers: readonly { id: string }[], nameOf: NameOf): ActionItem["owner"] {
  const name = text.trim();
  if (!name) return null;
  const speaker = speakers.find(({ id }) => nameOf(id).toLowerCase() === name.toLowerCase());
  return { speaker: speaker?.id ?? null, name: speaker ? nameOf(speaker.id) : name };
}

const dayFormat = new Intl.DateTimeFormat("en", { dateStyle: "medium", timeZone: "UTC" });

/** "2026-03-06" -> "Mar 6, 2026"; anything else as it is */
export function day(date: string): string {
  const time = Date.parse(`${date}T00:00:00Z`);
  return Number.isNaN(time) ? date : dayFormat.format(time);
}

export const firstMoment = (evidence: readonly Evidence[] | undefined): number | null =>
  evidence?.[0] ? evidence[0].start * 1000 : null;
