import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { ApiError } from "@/lib/api/client";
import { type Asked, fakeApi, json, makeJob, problem } from "@/lib/testing/fake-api";
import type { TransferEvents } from "./transfer";
import { readRecords, writeRecord } from "./upload-record";
import { UploadStore } from "./upload-store";

const sending = vi.hoisted(() => [] as { file: File; url: string | null; events: TransferEvents; stopped: boolean }[]);
vi.mock("./transfer", () => ({
  startTransfer(file: File, url: string | null, events: TransferEvents) {
    const transfer = { file, url, events, stopped: false };
    sending.push(transfer);
    return { stop: () => (transfer.stopped = true) };
  },
}));
const recordings = vi.hoisted(() => ({ kept: new Map<string, File>() }));
vi.mock("@/features/record/recording-store", () => ({
  readRecording: async (id: string) => recordings.kept.get(id) ?? null,
  forgetRecording: async (id: string) => void recordings.kept.delete(id),
}));

const file = (name: string) => new File(["some sound"], name, { lastModified: 1000, type: "audio/mpeg" });
const plain = { title: null, options: {} };
const URL_1 = "/api/uploads/5f0c2b7e-8f3e-4a55-9f2b-0a1d6c1f7e11";
const UPLOAD = { uploadId: "5f0c2b7e-8f3e-4a55-9f2b-0a1d6c1f7e11", name: "a.mp3", length: 10, expiresAt: null };

let jobs: string[];
let asked: Asked[];
let store: UploadStore;
const states = () => store.get().map(({ state }) => state);

beforeEach(() => {
  sending.length = 0;
  jobs = [];
  store = new UploadStore((jobId) => jobs.push(jobId));
  asked = fakeApi(({ body }) => {
    const job = makeJob({ jobId: (body as { jobId: string }).jobId, status: "pending" });
    return json({ success: true, jobId: job.jobId, status: job.status, job }, 202);
  });
});
afterEach(() => vi.unstubAllGlobals());

test("an upload becomes a job with its title and options, and is forgotten here", async () => {
  const id = store.add(file("a.mp3"), { title: "Launch", options: { speakers: 3 } });
  await vi.waitFor(() => expect(sending).toHaveLength(1));
  sending[0]?.events.onUrl(URL_1);
  sending[0]?.events.onProgress(7);
  expect(store.get()[0]).toMatchObject({ state: "uploading", sent: 7 });
  expect(readRecords()[0]).toMatchObject({ id, url: URL_1 });
  sending[0]?.events.onDone(URL_1);
  await vi.waitFor(() => expect(jobs).toEqual([id]));
  expect(asked[0]?.body).toEqual({ jobId: id, uploadId: UPLOAD.uploadId, title: "Launch", options: { speakers: 3 } });
  expect(store.get()).toEqual([]);
  expect(readRecords()).toEqual([]);
});

test("two are sent at once, the next when one is done", async () => {
  for (const name of ["a.mp3", "b.mp3", "c.mp3"]) store.add(file(name), plain);
  await vi.waitFor(() => expect(sending).toHaveLength(2));
  expect(states()).toEqual(["uploading", "uploading", "queued"]);
  sending[0]?.events.onDone(URL_1);
  await vi.waitFor(() => expect(sending).toHaveLength(3));
  expect(sending[2]?.file.name).toBe("c.mp3");
});

test("a job that could not be made can be tried again, and is the same job", async () => {
  asked = fakeApi(() => problem(503, "unavailable", "The database does not answer."));
  const id = store.add(file("a.mp3"), plain);
  await vi.waitFor(() => expect(sending).toHaveLength(1));
  sending[0]?.events.onUrl(URL_1);
  sending[0]?.events.onDone(URL_1);
  await vi.waitFor(() => expect(store.get()[0]?.error?.message).toBe("The database does not answer."));
  store.resume(id);
  await vi.waitFor(() => expect(sending).toHaveLength(2));
  expect(sending[1]?.url).toBe(URL_1); // goes on there, which is to say: at its end
});

test("pausing stops the transfer; going on begins where it was", async () => {
  const id = store.add(file("a.mp3"), plain);
  await vi.waitFor(() => expect(sending).toHaveLength(1));
  sending[0]?.events.onUrl(URL_1);
  store.pause(id);
  expect(sending[0]?.stopped).toBe(true);
  expect(states()).toEqual(["paused"]);
  store.resume(id);
  await vi.waitFor(() => expect(sending[1]?.url).toBe(URL_1));
});

test("what waits for a network goes on when it is back", async () => {
  await store.restore();
  store.add(file("a.mp3"), plain);
  await vi.waitFor(() => expect(sending).toHaveLength(1));
  sending[0]?.events.onError(new ApiError(0, "unreachable", "The server does not answer."));
  expect(states()).toEqual(["waiting"]);
  window.dispatchEvent(new Event("online"));
  await vi.waitFor(() => expect(sending).toHaveLength(2));
});

test("a server that was away is tried again by itself", async () => {
  store.add(file("a.mp3"), plain);
  await vi.waitFor(() => expect(sending).toHaveLength(1));
  vi.useFakeTimers();
  sending[0]?.events.onError(new ApiError(0, "unreachable", "The server does not answer."));
  await vi.advanceTimersByTimeAsync(15_000);
  vi.useRealTimers();
  await vi.waitFor(() => expect(sending).toHaveLength(2));
});

test("a refusal is told, and not tried again", async () => {
  store.add(file("a.mp3"), plain);
  await vi.waitFor(() => expect(sending).toHaveLength(1));
  sending[0]?.events.onError(new ApiError(413, "too_large", "The recording is larger than this server takes."));
  expect(states()).toEqual(["failed"]);
});

test("removing takes it from the server too", async () => {
  asked = fakeApi(() => new Response(null, { status: 204 }));
  const id = store.add(file("a.mp3"), plain);
  await vi.waitFor(() => expect(sending).toHaveLength(1));
  sending[0]?.events.onUrl(URL_1);
  store.remove(id);
  expect(store.get()).toEqual([]);
  expect(asked[0]).toMatchObject({ method: "DELETE", path: URL_1 });
});

/** As an earlier visit has left it. */
function leave(values: { url?: string | null; recording?: string } = {}) {
  const record = { id: "an-id", name: "a.mp3", size: 10, lastModified: 1000, title: null, options: {}, createdAt: 1 };
  writeRecord({ ...record, url: URL_1, recording: null, ...values });
}

test("after a reload it says how much is there, and goes on with the same file only", async () => {
  leave();
  asked = fakeApi(() => json({ ...UPLOAD, offset: 4, finished: false, jobId: null }));
  await store.restore();
  expect(store.get()[0]).toMatchObject({ state: "needs-file", sent: 4 });
  expect(store.giveFile("an-id", file("b.mp3"))).toBe(false);
  expect(store.add(file("a.mp3"), plain)).toBe("an-id");
  await vi.waitFor(() => expect(sending[0]?.url).toBe(URL_1));
});

test("after a reload, what had arrived whole becomes a job without its file", async () => {
  leave();
  asked = fakeApi(({ method }) => {
    if (method === "GET") return json({ ...UPLOAD, offset: 10, finished: true, jobId: null });
    return json({ success: true, jobId: "an-id", status: "pending", job: makeJob({ jobId: "an-id" }) }, 202);
  });
  await store.restore();
  expect(jobs).toEqual(["an-id"]);
});

test("after a reload, a job that was made already is not made twice", async () => {
  leave();
  asked = fakeApi(() => json({ ...UPLOAD, offset: 10, finished: true, jobId: "an-id" }));
  await store.restore();
  expect(jobs).toEqual(["an-id"]);
  expect(asked.filter(({ method }) => method === "POST")).toEqual([]);
});

test("after a reload, an upload that expired begins anew", async () => {
  leave();
  asked = fakeApi(() => problem(404, "not_found", "There is no such upload."));
  await store.restore();
  expect(store.get()[0]).toMatchObject({ state: "needs-file", sent: 0, url: null });
});

test("after a reload, a recording of the microphone goes on by itself", async () => {
  recordings.kept.set("rec", file("a.mp3"));
  leave({ recording: "rec", url: null });
  await store.restore();
  await vi.waitFor(() => expect(sending).toHaveLength(1));
});
