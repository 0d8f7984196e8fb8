import { screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { beforeAll, expect, test, vi } from "vitest";
import type { Minutes } from "@/lib/api/client";
import { analysis, EVIL, job, showInMeeting } from "../test-meeting";
import { minutesMarkdown, taskMarkdown } from "./markdown";
import { MinutesPanel } from "./minutes-panel";
import { figuresBySentence, ownerName, ownerOf, readMinutes, withTask } from "./model";
import { fold, tasksCsv, tasksIcs } from "./tasks-export";

const moment = { segment: 1, start: 20, end: 40, quote: "I will write the press release by Friday." };
const minutes: Minutes = {
  schema: "chip.minutes/1",
  provider: "builtin",
  model: "",
  date: "2026-03-03",
  title: "Launch",
  summary: { short: "We launch in April.", long: "We launch in April.", evidence: [] },
  topics: [{ title: "Press", start: 20, end: 40, summary: "" }],
  decisions: [{ text: "Launch in April", evidence: [moment], unverified: true }],
  action_items: [
    {
      what: "Write the press release",
      owner: { speaker: "S2", name: null },
      due: { date: "2026-03-06", said: "by Friday" },
      evidence: [moment],
      kept: "member of a newer server",
    },
    { what: `Ask ${EVIL}`, owner: { speaker: null, name: "=cmd()" }, due: null, evidence: [] },
  ],
  open_questions: [],
  risks: [],
  figures: [],
  values: [{ name: "Candour", overall: { insufficient_evidence: "too-few-words" }, speakers: [] }],
  audit: { items: 3, verified: 2, unverified: 1, dropped: 1, notes: ["One note."] },
};

const nameOf = (label: string | null) => (label === "S1" ? "Ann" : "Speaker 2");
const owner = (task: Minutes["action_items"][number]) => ownerName(task, nameOf, (label) => label === "S1");

beforeAll(() => {
  vi.stubGlobal("ResizeObserver", class { observe() {} unobserve() {} disconnect() {} });
});

test("what people are called and say is text, not HTML", () => {
  const { container } = showInMeeting(<MinutesPanel />, { minutes });
  expect(screen.getByText(`Ask ${EVIL}`)).toBeTruthy();
  expect(container.querySelector("img")).toBeNull();
});

test("unverified items are marked, missing evidence is said", () => {
  showInMeeting(<MinutesPanel />, { minutes });
  expect(screen.getByRole("button", { name: "Check this" })).toBeTruthy();
  expect(screen.getByText("Not enough evidence")).toBeTruthy();
  expect(screen.getByText(/2 of 3 items verified against the recording/)).toBeTruthy();
  expect(screen.getByText("One note.")).toBeTruthy();
});

test("a tick is saved with the minutes, and nothing else of them changes", async () => {
  const { sent } = showInMeeting(<MinutesPanel />, { minutes }, (body) => ({ ...analysis, ...(body as object), version: 2 }));
  await userEvent.click(screen.getByRole("checkbox", { name: "Done: Write the press release" }));
  await waitFor(() => expect(sent).toHaveLength(1));
  const [request] = sent;
  expect(request).toMatchObject({ method: "PATCH", path: `/api/jobs/${job.jobId}/analysis` });
  expect(request?.body).toEqual({ version: 1, minutes: withTask(minutes, 0, { done: true }) });
});

test("an owner who is a speaker is saved as one, with a date", async () => {
  const { sent } = showInMeeting(<MinutesPanel />, { minutes }, (body) => ({ ...analysis, ...(body as object), version: 2 }));
  const user = userEvent.setup();
  await user.click(screen.getByRole("button", { name: /Owner and date of: Ask/ }));
  const field = await screen.findByLabelText("Who does it");
  await user.clear(field);
  await user.type(field, "ann");
  await user.type(screen.getByLabelText("Until when"), "2026-03-09");
  await user.click(screen.getByRole("button", { name: "Save" }));
  await waitFor(() => expect(sent).toHaveLength(1));
  const saved = (sent[0]?.body as { minutes: Minutes }).minutes.action_items[1];
  expect(saved?.owner).toEqual({ speaker: "S1", name: "Ann" });
  expect(saved?.due).toEqual({ date: "2026-03-09", said: null });
});

test("without minutes there is a way to have them written", async () => {
  const { sent } = showInMeeting(<MinutesPanel />, {}, () => ({ providers: [{ provider: "builtin", model: "" }], templates: ["general"] }));
  await userEvent.click(screen.getByRole("button", { name: "Write minutes" }));
  await screen.findByRole("option", { name: "Built-in analyst" });
  await userEvent.click(within(screen.getByRole("dialog")).getByRole("button", { name: "Write them" }));
  await waitFor(() => expect(sent.at(-1)?.path).toBe(`/api/jobs/${job.jobId}/redo`));
  expect(sent.at(-1)?.body).toEqual({ stage: "minutes", options: { minutes: { provider: "builtin" } } });
});

test("minutes of an unknown shape are not half shown", () => {
  expect(readMinutes({ schema: "chip.minutes/2" })).toBeNull();
  showInMeeting(<MinutesPanel />, { minutes: { schema: "chip.minutes/2" } });
  expect(screen.getByText(/have a shape that this page does not know/)).toBeTruthy();
});

test("Markdown keeps what was said as text", () => {
  const [first, second] = minutes.action_items;
  expect(taskMarkdown(first!, owner)).toBe("- [ ] **Speaker 2**: Write the press release, due Mar 6, 2026 (0:20)");
  expect(taskMarkdown({ ...second!, done: true }, owner)).toBe(
    "- [x] **=cmd()**: Ask \\<img src=x onerror=alert(1)\\>",
  );
  expect(minutesMarkdown(minutes, "1. *Launch*", owner)).toContain("# 1\\. \\*Launch\\*");
});

test("a spreadsheet does not run a name as a formula", () => {
  const lines = tasksCsv(minutes, owner).split("\r\n");
  expect(lines[1]).toBe('Write the press release,Speaker 2,2026-03-06,by Friday,,0:20,I will write the press release by Friday.');
  expect(lines[2]).toContain(",'=cmd(),");
});

test("the calendar has open tasks with a date, a day long", () => {
  const ics = tasksIcs(minutes, "job", "Launch; now", owner, new Date("2026-03-04T08:09:10.123Z"));
  expect(ics).toContain("DTSTART;VALUE=DATE:20260306\r\nDTEND;VALUE=DATE:20260307\r\n");
  expect(ics).toContain("DTSTAMP:20260304T080910Z");
  expect(ics.match(/BEGIN:VEVENT/g)).toHaveLength(1);
  expect(ics.replaceAll("\r\n ", "")).toContain("Launch\\; now");
  expect(tasksIcs(withTask(minutes, 0, { done: true }), "job", "", owner)).not.toContain("VEVENT");
});

test("long calendar lines are folded between characters, at 75 bytes", () => {
  const line = `SUMMARY:${"ü".repeat(80)}`;
  const folded = fold(line).split("\r\n");
  expect(folded.length).toBeGreaterThan(2);
  for (const part of folded) expect(new TextEncoder().encode(part).length).toBeLessThanOrEqual(75);
  expect(folded.map((part, i) => (i ? part.slice(1) : part)).join("")).toBe(line);
});

test("an owner is a speaker by name, or anybody else", () => {
  expect(ownerOf(" ANN ", [{ id: "S1" }, { id: "S2" }], nameOf)).toEqual({ speaker: "S1", name: "Ann" });
  expect(ownerOf("Zoë", [{ id: "S1" }], nameOf)).toEqual({ speaker: null, name: "Zoë" });
  expect(ownerOf("  ", [{ id: "S1" }], nameOf)).toBeNull();
});

test("several figures of one sentence are one item with all values", () => {
  const figure = (value: string) => ({ text: "We kept $10,000 and need $3,000", value, kind: "money" });
  const merged = figuresBySentence([figure("$10,000"), figure("$3,000")]);
  expect(merged.map((f) => f.values)).toEqual(["$10,000, $3,000"]);
});
