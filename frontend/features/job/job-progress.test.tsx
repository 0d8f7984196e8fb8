import { act, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { Job } from "@/lib/api/client";
import { type Asked, fakeApi, FakeStream, JOB_ID, json, makeJob, problem } from "@/lib/testing/fake-api";
import { show } from "@/lib/testing/show";
import { JobProgress } from "./job-progress";

let job: Job;
let stream: FakeStream;
let asked: Asked[];

beforeEach(() => {
  job = makeJob();
  asked = fakeApi(({ path }, signal) => {
    if (path.endsWith("/events")) return (stream = new FakeStream(signal)).response;
    if (path === "/api/process-job") {
      job = makeJob({ status: "pending", stage: null, progress: 0, seq: 12 });
      return json({ success: true, jobId: JOB_ID, status: "processing" });
    }
    if (path.endsWith("/cancel")) {
      job = makeJob({ status: "cancelled", seq: 12 });
      return json(job);
    }
    return json(job);
  });
});
afterEach(() => vi.unstubAllGlobals());

const tell = (id: number, kind: string, data: unknown) => act(async () => stream.send(id, kind, data));

test("shows percent, speed, time left and the step in words", async () => {
  show(<JobProgress jobId={JOB_ID} />);
  await screen.findByText("Listening");
  await tell(4, "progress", { stage: "metrics", progress: 96.4, speed: 38.2, etaSeconds: 2, durationMs: 60_000 });
  expect(await screen.findByText("Measuring the conversation")).toBeTruthy();
  expect(screen.getByRole("progressbar").getAttribute("aria-valuenow")).toBe("96");
  expect(screen.getByText("38× real time")).toBeTruthy();
  expect(screen.getByText("about 2 seconds left")).toBeTruthy();
  expect(screen.getByText("Understand").closest("li")?.getAttribute("aria-current")).toBe("step");
});

test("no speed and no time left are shown before they mean something", async () => {
  job = makeJob({ progress: 5, speed: 581, etaSeconds: 1 });
  show(<JobProgress jobId={JOB_ID} />);
  await screen.findByText("5 %");
  expect(screen.queryByText(/real time|left/)).toBeNull();
});

test("words appear as they are found, as text", async () => {
  show(<JobProgress jobId={JOB_ID} />);
  await screen.findByText("Listening");
  const text = "<img src=x onerror=alert(1)> good morning";
  await tell(4, "segments", { segments: [{ startMs: 61_000, endMs: 63_000, text, speaker: null }] });
  const log = await screen.findByRole("log");
  expect(log.textContent).toBe(`1:01${text}`);
  expect(log.querySelector("img")).toBeNull();
});

test("a failure says why, and another try begins anew", async () => {
  job = makeJob({ status: "failed", error: { code: "no_audio", message: "There is no sound in it." }, seq: 9 });
  show(<JobProgress jobId={JOB_ID} />);
  expect((await screen.findByRole("alert")).textContent).toContain("There is no sound in it.");
  await userEvent.click(screen.getByRole("button", { name: "Try again" }));
  expect(await screen.findByText("Waits for a free worker")).toBeTruthy();
  expect(asked.find(({ path }) => path === "/api/process-job")?.body).toEqual({ jobId: JOB_ID });
});

test("a failed try that is tried again by itself says so", async () => {
  job = makeJob({ status: "pending", error: { code: "fetch", message: "The link does not answer." }, attempts: 1 });
  show(<JobProgress jobId={JOB_ID} />);
  expect(await screen.findByText(/The link does not answer\. It is tried again/)).toBeTruthy();
});

test("it can be stopped", async () => {
  show(<JobProgress jobId={JOB_ID} />);
  await userEvent.click(await screen.findByRole("button", { name: "Stop" }));
  expect(await screen.findByText("Stopped before it was done.")).toBeTruthy();
});

test("a job that is gone is reported, so that it can be taken away", async () => {
  asked = fakeApi(() => problem(404, "not_found", "There is no such job."));
  const onGone = vi.fn();
  show(<JobProgress jobId={JOB_ID} onGone={onGone} />);
  await vi.waitFor(() => expect(onGone).toHaveBeenCalledOnce());
});
