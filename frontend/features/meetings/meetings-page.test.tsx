import { act, screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { Job } from "@/lib/api/client";
import { type Asked, fakeApi, json, makeJob, problem } from "@/lib/testing/fake-api";
import { show } from "@/lib/testing/show";
import { carryOutAll, UNDO_MS } from "./deletions";
import { MeetingsPage } from "./meetings-page";
import { UndoBar } from "./undo-bar";

const address = vi.hoisted(() => ({ now: new URLSearchParams() }));
vi.mock("next/navigation", () => ({ useSearchParams: () => address.now }));

let jobs: Job[];
let asked: Asked[];

beforeEach(() => {
  address.now = new URLSearchParams();
  jobs = [
    makeJob({ jobId: "one", title: "Launch", status: "completed", durationMs: 61_000 }),
    makeJob({ jobId: "two", title: null, status: "processing", progress: 42.9, etaSeconds: 61 }),
  ];
  asked = fakeApi(({ method, path, body }) => {
    const id = path.split("/")[3];
    if (method === "DELETE") {
      jobs = jobs.filter(({ jobId }) => jobId !== id);
      return new Response(null, { status: 204 });
    }
    if (method === "PATCH") {
      jobs = jobs.map((job) => (job.jobId === id ? { ...job, ...(body as { title: string }) } : job));
      return json(jobs.find(({ jobId }) => jobId === id));
    }
    return json({ jobs, next: null });
  });
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

const page = () => show(<><MeetingsPage /><UndoBar /></>);
const choose = async (title: string, item: string) => {
  await userEvent.click(await screen.findByRole("button", { name: `Actions for ${title}` }));
  await userEvent.click(await screen.findByRole("menuitem", { name: item }));
};
const deletions = () => asked.filter(({ method }) => method === "DELETE").map(({ path }) => path);

test("shows titles, else names of files, lengths and how far each is", async () => {
  page();
  const rows = within(await screen.findByRole("list", { name: "Meetings, newest first" })).getAllByRole("listitem");
  expect(rows[0]?.textContent).toContain("1:01");
  expect(within(rows[1]!).getByRole("link", { name: "launch.mp3" }).getAttribute("href")).toContain("id=two");
  expect(rows[1]?.textContent).toContain("In work 42 %");
});

test("an empty list says what to do", async () => {
  jobs = [];
  page();
  expect((await screen.findByRole("link", { name: "Add a recording" })).getAttribute("href")).toBe("/");
});

test("a search without a hit can be undone", async () => {
  jobs = [];
  address.now = new URLSearchParams("find=budget&state=failed");
  page();
  expect(await screen.findByRole("button", { name: "Show all meetings" })).toBeTruthy();
  expect(asked[0]?.path).toBe("/api/jobs?query=budget&status=failed");
});

test("a title is changed in a dialog", async () => {
  page();
  await choose("Launch", "Rename");
  const title = await screen.findByRole("textbox", { name: "Title" });
  await userEvent.clear(title);
  await userEvent.type(title, "Spring launch{Enter}");
  expect(await screen.findByRole("link", { name: "Spring launch" })).toBeTruthy();
  await waitFor(() => expect(document.activeElement?.getAttribute("aria-label")).toMatch(/^Actions for/));
});

test("a deleted meeting is gone at once, comes back by undo, and is still on the server", async () => {
  page();
  await choose("Launch", "Delete");
  await waitFor(() => expect(screen.queryByRole("link", { name: "Launch" })).toBeNull());
  await userEvent.click(screen.getByRole("button", { name: "Undo" }));
  expect(await screen.findByRole("link", { name: "Launch" })).toBeTruthy();
  await act(async () => carryOutAll());
  expect(deletions()).toEqual([]);
});

test("without undo it is deleted on the server after a while", async () => {
  page();
  await screen.findByRole("link", { name: "Launch" });
  vi.useFakeTimers({ shouldAdvanceTime: true });
  await choose("Launch", "Delete");
  await act(() => vi.advanceTimersByTimeAsync(UNDO_MS));
  await waitFor(() => expect(screen.queryByRole("button", { name: "Undo" })).toBeNull());
  expect(deletions()).toEqual(["/api/jobs/one"]);
  expect(screen.queryByRole("link", { name: "Launch" })).toBeNull();
});

test("leaving the app deletes at once", async () => {
  page();
  await choose("Launch", "Delete");
  await act(async () => void window.dispatchEvent(new Event("pagehide")));
  expect(deletions()).toEqual(["/api/jobs/one"]);
});

test("a server that is away says so, with another try", async () => {
  asked = fakeApi(() => problem(503, "unavailable", "The database does not answer."));
  page();
  expect((await screen.findByRole("alert")).textContent).toContain("The database does not answer.");
  asked = fakeApi(() => json({ jobs, next: null }));
  await userEvent.click(screen.getByRole("button", { name: "Try again" }));
  expect(await screen.findByRole("link", { name: "Launch" })).toBeTruthy();
});
