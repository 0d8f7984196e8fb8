// The one way from pages to the API: same-origin paths of docs/openapi.yaml, every answer checked.
import * as z from "zod/mini";
import { auth } from "@/lib/auth";
import { ApiError, errorOf, offline, unexpected } from "./errors";
import type { components } from "./schema";
import { answerSchema } from "./ask-schemas";
import { minutesChoicesSchema } from "./minutes-schemas";
import * as s from "./schemas";
import { searchResultsSchema } from "./search-schemas";

export { ApiError } from "./errors";
export type * from "./ask-schemas";
export type * from "./metrics-schemas";
export type * from "./minutes-schemas";
export type * from "./schemas";
export type * from "./search-schemas";

type Schemas = components["schemas"];
export type NewJob = Schemas["NewJob"];
export type Edit = Schemas["Edit"];
export type Redo = Schemas["Redo"];

interface Request {
  method?: "GET" | "POST" | "PATCH" | "DELETE";
  body?: unknown;
  headers?: Record<string, string>;
  signal?: AbortSignal | undefined;
  keepalive?: boolean;
}

async function send(path: string, { method = "GET", body, headers, signal, keepalive }: Request): Promise<Response> {
  let response: Response;
  try {
    response = await fetch(path, {
      method,
      credentials: "same-origin",
      headers: { Accept: "application/json", ...(body !== undefined && { "Content-Type": "application/json" }), ...headers },
      ...(body !== undefined && { body: JSON.stringify(body) }),
      ...(signal && { signal }),
      ...(keepalive && { keepalive }),
    });
  } catch (e) {
    if (e instanceof DOMException && e.name === "AbortError") throw e;
    throw offline();
  }
  if (response.status === 401) auth.signInNeeded();
  if (!response.ok) throw await errorOf(response);
  return response;
}

/** Sends a request and gives its answer, which fits `schema`; else throws an ApiError. */
export async function request<T extends z.ZodMiniType>(
  schema: T,
  path: string,
  init: Request = {},
): Promise<z.infer<T>> {
  const response = await send(path, init);
  const answer = schema.safeParse(await response.json().catch(() => undefined));
  if (!answer.success) throw unexpected(response.status, response.headers.get("X-Request-Id"));
  return answer.data;
}

const id = encodeURIComponent;
const query = (values: Record<string, string | number | boolean | null | undefined>): string => {
  const set = Object.entries(values).filter(([, v]) => v !== undefined && v !== null && v !== "");
  return set.length ? `?${new URLSearchParams(set.map(([k, v]) => [k, String(v)]))}` : "";
};

export interface JobsFilter {
  status?: s.JobStatus | undefined;
  query?: string | undefined;
  before?: string | undefined;
  limit?: number | undefined;
}

export const listJobs = (filter: JobsFilter = {}, signal?: AbortSignal) =>
  request(s.jobListSchema, `/api/jobs${query({ ...filter })}`, { signal });

export const getJob = (jobId: string, signal?: AbortSignal) =>
  request(s.jobSchema, `/api/jobs/${id(jobId)}`, { signal });

export const createJob = (job: NewJob) =>
  request(s.acceptedSchema, "/api/process", { method: "POST", body: job });

/** Starts a job that is there, or begins one anew that failed; with more members, makes it first. */
export const processJob = (job: NewJob & { jobId: string }) =>
  request(s.processJobSchema, "/api/process-job", { method: "POST", body: job });

export const renameJob = (jobId: string, title: string | null) =>
  request(s.jobSchema, `/api/jobs/${id(jobId)}`, { method: "PATCH", body: { title } });

export const cancelJob = (jobId: string) =>
  request(s.jobSchema, `/api/jobs/${id(jobId)}/cancel`, { method: "POST" });

export const redoJob = (jobId: string, redo?: Redo) =>
  request(s.jobSchema, `/api/jobs/${id(jobId)}/redo`, { method: "POST", ...(redo && { body: redo }) });

/** Answers a question about a meeting, with the words that prove it; it may take a minute. */
export const ask = (jobId: string, question: string, signal?: AbortSignal) =>
  request(answerSchema, `/api/jobs/${id(jobId)}/ask`, { method: "POST", body: { question }, signal });

/** Who can write minutes here, and for which kinds of meeting. */
export const getMinutesChoices = (signal?: AbortSignal) =>
  request(minutesChoicesSchema, "/api/minutes", { signal });

/** What is gone already counts as deleted. `keepalive`: even if the page is being left. */
export async function deleteJob(jobId: string, keepalive = false): Promise<void> {
  try {
    await send(`/api/jobs/${id(jobId)}`, { method: "DELETE", keepalive });
  } catch (e) {
    if (!(e instanceof ApiError && e.status === 404)) throw e;
  }
}

export const getAnalysis = (jobId: string, signal?: AbortSignal) =>
  request(s.analysisSchema, `/api/jobs/${id(jobId)}/analysis`, { signal });

/** `edit.version` is the one that was read; an ApiError with status 409 says somebody was faster. */
export const editAnalysis = (jobId: string, edit: Edit) =>
  request(s.analysisSchema, `/api/jobs/${id(jobId)}/analysis`, { method: "PATCH", body: edit });

export interface Search {
  q: string;
  speaker?: string | undefined;
  /** days, as in 2026-03-03, of when a meeting was handed in */
  from?: string | undefined;
  to?: string | undefined;
  /** passages shown of each meeting */
  hits?: number | undefined;
  before?: string | undefined;
}

export const search = (wanted: Search, signal?: AbortSignal) =>
  request(searchResultsSchema, `/api/search${query({ ...wanted })}`, { signal });

/** How loud the recording is over time, 0 to 1; null where that was not kept. */
export async function getWaveform(jobId: string, signal?: AbortSignal): Promise<Float32Array<ArrayBuffer> | null> {
  try {
    const { peaks } = await request(s.waveformSchema, `/api/jobs/${id(jobId)}/waveform`, { signal });
    return Float32Array.from(atob(peaks), (byte) => byte.charCodeAt(0) / 255);
  } catch (e) {
    if (e instanceof ApiError && e.status === 404) return null;
    throw e;
  }
}

export const getUpload = (uploadId: string, signal?: AbortSignal) =>
  request(s.uploadSchema, `/api/uploads/${id(uploadId)}`, { signal });

export async function deleteUpload(uploadId: string): Promise<void> {
  try {
    await send(`/api/uploads/${id(uploadId)}`, { method: "DELETE", headers: { "Tus-Resumable": "1.0.0" } });
  } catch (e) {
    if (!(e instanceof ApiError && e.status === 404)) throw e;
  }
}

export type ExportFormat = "json" | "whisperx" | "srt" | "vtt" | "txt" | "md" | "tsv" | "rttm";

/** The transcript as Markdown, `minutes` before it; "only": the minutes alone. */
export async function getMarkdown(jobId: string, minutes: "true" | "false" | "only"): Promise<string> {
  const path = `/api/jobs/${id(jobId)}/export${query({ format: "md", minutes })}`;
  return (await send(path, { headers: { Accept: "text/markdown" } })).text();
}

/** Addresses for links and players; a session's cookie, where there is one, goes with them. */
export const exportUrl = (jobId: string, format: ExportFormat) =>
  `/api/jobs/${id(jobId)}/export${query({ format })}`;
export const audioUrl = (jobId: string) => `/api/jobs/${id(jobId)}/audio`;
export const eventsUrl = (jobId: string) => `/api/jobs/${id(jobId)}/events`;

/** Whether a job's status is final, until it is done again. */
export const isEnded = (status: s.JobStatus): boolean =>
  status === "completed" || status === "failed" || status === "cancelled";
