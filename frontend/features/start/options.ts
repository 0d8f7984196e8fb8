// What people choose for their recordings; remembered in this browser, but for the title.
import * as z from "zod/mini";
import type { JobOptions } from "@/lib/api/client";
import { readJson, writeJson } from "@/lib/storage";
import { en } from "@/strings/en";

const KEY = "chip.options";

export const choiceSchema = z.object({
  /** a language's code; "": found out */
  language: z.string(),
  /** as typed; "": found out */
  speakers: z.string(),
  /** kind of minutes; "": the usual one */
  template: z.string(),
});
export type Choice = z.infer<typeof choiceSchema>;

export const noChoice: Choice = { language: "", speakers: "", template: "" };

export const readChoice = (): Choice => readJson(KEY, choiceSchema) ?? noChoice;
export const writeChoice = (choice: Choice): void => writeJson(KEY, choice);

/** Null for "", NaN for what is no number of people. */
export function speakersOf({ speakers }: Choice): number | null {
  const text = speakers.trim();
  if (text === "") return null;
  const n = /^\d{1,3}$/.test(text) ? Number(text) : NaN;
  return n >= 1 && n <= 100 ? n : NaN;
}

/**
 * As the API takes them. What makes no sense is left out; the form says so.
 * @param templates those that the server has: one that was remembered may be gone
 */
export function jobOptions(choice: Choice, templates: readonly string[]): JobOptions {
  const speakers = speakersOf(choice);
  return {
    ...(choice.language && { language: choice.language }),
    ...(speakers && { speakers }),
    ...(templates.includes(choice.template) && { minutes: { template: choice.template } }),
  };
}

/** "stand-up" -> "Stand-up"; kinds of one's own have no other name than their file's. */
export function templateName(template: string): string {
  const known: Record<string, string> = en.options.templates;
  return known[template] ?? template.charAt(0).toUpperCase() + template.slice(1);
}

/** The title of one of several files: "Standup: monday" for monday.mp3. Null leaves it to the server. */
export function titleFor(title: string, file: string, several: boolean): string | null {
  const text = title.trim();
  if (!text) return null;
  return (several ? `${text}: ${file.replace(/\.[^.]*$/, "")}` : text).slice(0, 300);
}
