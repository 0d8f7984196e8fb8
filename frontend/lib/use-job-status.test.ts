import { act, renderHook, waitFor } from "@testing-library/react";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { Job } from "./api/client";
import { type Asked, fakeApi, FakeStream, JOB_ID, json, makeJob, problem } from "./testing/fake-api";
import { useJobStatus, useProcessJob } from "./use-job-status";

let job: Job;
let streams: FakeStream[];
let asked: Asked[];
let hidden = false;

/** The server as it mostly is: knows the job, and has a stream. */
function serve(stream: "open" | "refused" | "none" = "open") {
  asked = fakeApi(({ path }, signal) => {
    if (!path.endsWith("/events")) return json(job);
    if (stream === "refused") return problem(503, "unavailable", "Not now.");
    if (stream === "none") return new Response("<html>", { headers: { "Content-Type": "text/html" } });
    const made = new FakeStream(signal);
    streams.push(made);
    return made.response;
  });
}

const polls = () => asked.filter(({ path }) => path === `/api/jobs/${JOB_ID}`).length;
const connections = () => asked.filter(({ path }) => path.endsWith("/events"));
const pass = (ms: number) => act(() => vi.advanceTimersByTimeAsync(ms));

async function look(value: boolean) {
  hidden = value;
  await act(async () => void document.dispatchEvent(new Event("visibilitychange")));
}

beforeEach(() => {
  vi.useFakeTimers();
  job = makeJob();
  streams = [];
  hidden = false;
  vi.spyOn(document, "hidden", "get").mockImplementation(() => hidden);
  serve();
});

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

test("shows what events tell, without polling", async () => {
  const { result } = renderHook(() => useJobStatus(JOB_ID));
  expect(result.current.isLoading).toBe(true);
  await pass(0);
  expect(result.current.job?.progress).toBe(10);
  streams[0]?.send(4, "progress", { stage: "transcribe", progress: 42, speed: 20, etaSeconds: 5, durationMs: 60_000 });
  await pass(0);
  expect(result.current.job).toMatchObject({ progress: 42, speed: 20, etaSeconds: 5, seq: 4 });
  const before = polls();
  await pass(9000);
  expect(polls()).toBe(before);
});

test("polls at the interval when no events come through", async () => {
  serve("none");
  const { result } = renderHook(() => useJobStatus(JOB_ID, { interval: 1000 }));
  await pass(0);
  job = makeJob({ progress: 55, seq: 5 });
  await pass(1000);
  expect(result.current.job?.progress).toBe(55);
});

test("does not believe a stream that is silent for longer than the server ever is", async () => {
  renderHook(() => useJobStatus(JOB_ID, { interval: 3000 }));
  await pass(0);
  streams[0]?.send(4, "progress", { stage: "transcribe", progress: 11 });
  await pass(0);
  const before = polls();
  await pass(18_000);
  expect(polls()).toBe(before);
  await pass(6000);
  expect(polls()).toBeGreaterThan(before);
});

test("stops and calls onComplete once with the whole job", async () => {
  const onComplete = vi.fn();
  renderHook(() => useJobStatus(JOB_ID, { onComplete }));
  await pass(0);
  job = makeJob({ status: "completed", progress: 100, seq: 9, speed: 30 });
  streams[0]?.send(9, "completed", { status: "completed", warnings: [] });
  await pass(0);
  expect(onComplete).toHaveBeenCalledExactlyOnceWith(expect.objectContaining({ status: "completed", speed: 30 }));
  const before = asked.length;
  await pass(120_000);
  expect(asked.length).toBe(before);
});

test.each([
  ["failed", { code: "no_audio", message: "There is no sound in it." }, "no_audio"],
  ["cancelled", null, "cancelled"],
] as const)("stops when the job is %s, and says why", async (status, error, code) => {
  serve("refused");
  const onError = vi.fn();
  job = makeJob({ status, error, seq: 9 });
  const { result } = renderHook(() => useJobStatus(JOB_ID, { onError }));
  await pass(0);
  expect(onError).toHaveBeenCalledExactlyOnceWith(expect.objectContaining({ code }));
  expect(result.current.error?.code).toBe(code);
  const before = asked.length;
  await pass(60_000);
  expect(asked.length).toBe(before);
});

test("goes on after the last event that it saw when the connection breaks", async () => {
  const seen: number[] = [];
  renderHook(() => useJobStatus(JOB_ID, { onEvent: ({ id }) => seen.push(id) }));
  await pass(0);
  streams[0]?.send(4, "progress", { stage: "transcribe", progress: 20 });
  streams[0]?.send(5, "progress", { stage: "transcribe", progress: 30 });
  await pass(0);
  streams[0]?.end();
  await pass(1000);
  expect(connections()).toHaveLength(2);
  expect(connections()[1]?.headers["Last-Event-ID"]).toBe("5");
  streams[1]?.send(5, "progress", { stage: "transcribe", progress: 30 });
  streams[1]?.send(6, "progress", { stage: "transcribe", progress: 40 });
  await pass(0);
  expect(seen).toEqual([4, 5, 6]);
});

test("a hidden tab gives its stream back, and catches up when it is seen again", async () => {
  const { result } = renderHook(() => useJobStatus(JOB_ID));
  await pass(0);
  streams[0]?.send(4, "progress", { stage: "transcribe", progress: 20 });
  await pass(0);
  await look(true);
  await pass(60_000);
  expect(connections()).toHaveLength(1);
  job = makeJob({ progress: 80, seq: 20 });
  await look(false);
  await pass(0);
  expect(result.current.job?.progress).toBe(80);
  expect(connections()[1]?.headers["Last-Event-ID"]).toBe("4");
});

test("an answer older than what events have told changes nothing", async () => {
  const { result } = renderHook(() => useJobStatus(JOB_ID));
  await pass(0);
  streams[0]?.send(8, "progress", { stage: "transcribe", progress: 60 });
  await pass(0);
  await act(() => result.current.refetch()); // still says 10 % at event 3
  expect(result.current.job?.progress).toBe(60);
});

test("a server that is away for a while is no failure", async () => {
  const onError = vi.fn();
  let away = true;
  asked = fakeApi(({ path }) => {
    if (path.endsWith("/events") || away) throw new TypeError("Failed to fetch");
    return json(job);
  });
  const { result } = renderHook(() => useJobStatus(JOB_ID, { onError }));
  await pass(0);
  expect(result.current.error?.code).toBe("unreachable");
  away = false;
  await pass(3000);
  expect(result.current).toMatchObject({ error: null, job: { progress: 10 } });
  expect(onError).not.toHaveBeenCalled();
});

test("a job that is not there ends it at once", async () => {
  const onError = vi.fn();
  asked = fakeApi(() => problem(404, "not_found", "There is no such job."));
  renderHook(() => useJobStatus(JOB_ID, { onError }));
  await pass(10_000);
  expect(onError).toHaveBeenCalledExactlyOnceWith(expect.objectContaining({ status: 404 }));
  expect(polls()).toBe(1);
});

test("waits for start() when not enabled; stop() ends all requests", async () => {
  const { result } = renderHook(() => useJobStatus(JOB_ID, { enabled: false }));
  await pass(10_000);
  expect(asked).toHaveLength(0);
  act(() => result.current.start());
  await pass(0);
  expect(result.current.job?.status).toBe("processing");
  act(() => result.current.stop());
  const before = asked.length;
  await pass(60_000);
  expect(asked.length).toBe(before);
});

test("nothing of one job is shown for another", async () => {
  const { result, rerender } = renderHook(({ id }) => useJobStatus(id), { initialProps: { id: JOB_ID } });
  await pass(0);
  rerender({ id: "another" });
  expect(result.current.job).toBeNull();
});

test("without stream it only polls", async () => {
  renderHook(() => useJobStatus(JOB_ID, { stream: false, interval: 1000 }));
  await pass(3500);
  expect(connections()).toHaveLength(0);
  expect(polls()).toBe(4);
});

test("useProcessJob hands a job over, and tells why it could not", async () => {
  vi.useRealTimers();
  asked = fakeApi(({ body }) =>
    (body as { jobId: string }).jobId === JOB_ID
      ? json({ success: true, jobId: JOB_ID, status: "processing" })
      : problem(409, "conflict", "Another recording has this id."),
  );
  const { result } = renderHook(() => useProcessJob());
  await act(async () => expect(await result.current.process(JOB_ID)).toEqual({ jobId: JOB_ID }));
  expect(asked[0]).toMatchObject({ method: "POST", path: "/api/process-job", body: { jobId: JOB_ID } });
  await act(async () => expect(await result.current.process("other")).toBeNull());
  await waitFor(() => expect(result.current.error?.message).toBe("Another recording has this id."));
  expect(result.current.isProcessing).toBe(false);
});
