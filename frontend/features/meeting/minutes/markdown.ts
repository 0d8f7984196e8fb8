// Minutes as Markdown, for documents and tickets. What people said or are called is escaped, so that it stays text.
import type { ActionItem, Minutes, Statement } from "@/lib/api/client";
import { clock } from "@/lib/format";
import { en } from "@/strings/en";
import { day, figuresBySentence, firstMoment } from "./model";

const t = en.minutes;

export const escapeMarkdown = (text: string): string =>
  text.replace(/\s+/g, " ").replace(/[\\`*_[\]<>#|~]/g, "\\$&").replace(/^(\d*)([-+.)])(?=\s)/, "$1\\$2").trim();

const at = (evidence: Statement["evidence"]): string => {
  const moment = firstMoment(evidence);
  return moment === null ? "" : ` (${clock(moment)})`;
};

export type OwnerOf = (task: ActionItem) => string | null;

export function taskMarkdown(task: ActionItem, ownerOf: OwnerOf): string {
  const owner = ownerOf(task);
  const due = task.due?.date ? t.task.due(day(task.due.date)) : task.due?.said;
  return [
    `- [${task.done ? "x" : " "}] `,
    owner && `**${escapeMarkdown(owner)}**: `,
    escapeMarkdown(task.what),
    due && `, ${escapeMarkdown(due)}`,
    at(task.evidence),
  ]
    .filter(Boolean)
    .join("");
}

export const statementMarkdown = ({ text, evidence }: Pick<Statement, "text" | "evidence">): string =>
  `- ${escapeMarkdown(text)}${at(evidence)}`;

export function minutesMarkdown(minutes: Minutes, title: string, ownerOf: OwnerOf): string {
  const section = (heading: string, lines: string[]) => (lines.length ? [`## ${heading}`, lines.join("\n")] : []);
  const { short, long } = minutes.summary;
  return `${[
    `# ${escapeMarkdown(title)}`,
    ...(minutes.date ? [day(minutes.date)] : []),
    ...(short ? [escapeMarkdown(short)] : []),
    ...(long && long !== short ? long.split(/\n+/).map(escapeMarkdown).filter(Boolean) : []),
    ...section(t.decisions, minutes.decisions.map(statementMarkdown)),
    ...section(t.actions, minutes.action_items.map((task) => taskMarkdown(task, ownerOf))),
    ...section(t.questions, minutes.open_questions.map(statementMarkdown)),
    ...section(t.risks, minutes.risks.map(statementMarkdown)),
    ...section(t.figures, figuresBySentence(minutes.figures).map(statementMarkdown)),
    ...section(
      t.topics,
      minutes.topics.map((c) => `- ${clock(c.start * 1000)} **${escapeMarkdown(c.title)}**${c.summary ? `: ${escapeMarkdown(c.summary)}` : ""}`),
    ),
  ].join("\n\n")}\n`;
}
