// For tests: answers in place of the server's. Nothing of the app imports this.
import { vi } from "vitest";
import type { Job } from "../api/client";

export const JOB_ID = "0b0f0a5e-0000-4000-8000-000000000001";

export function makeJob(values: Partial<Job> = {}): Job {
  return {
    jobId: JOB_ID,
    status: "processing",
    stage: "transcribe",
    progress: 10,
    speed: null,
    etaSeconds: null,
    durationMs: null,
    title: "Launch",
    attempts: 1,
    maxAttempts: 3,
    source: { kind: "upload", name: "launch.mp3" },
    options: {},
    error: null,
    warnings: [],
    redo: null,
    seq: 3,
    createdAt: "2026-03-03T10:00:00.000Z",
    updatedAt: "2026-03-03T10:00:00.000Z",
    startedAt: "2026-03-03T10:00:00.000Z",
    finishedAt: null,
    ...values,
  };
}

export interface Asked {
  method: string;
  path: string;
  headers: Record<string, string>;
  body: unknown;
}

type Answer = Response | Promise<Response>;

/** Takes the place of fetch; `answer` says what comes back. Each request is noted. */
export function fakeApi(answer: (request: Asked, signal: AbortSignal | undefined) => Answer): Asked[] {
  const asked: Asked[] = [];
  vi.stubGlobal("fetch", async (path: string, init: RequestInit = {}) => {
    const request: Asked = {
      method: init.method ?? "GET",
      path,
      headers: (init.headers ?? {}) as Record<string, string>,
      body: typeof init.body === "string" ? JSON.parse(init.body) : undefined,
    };
    asked.push(request);
    return answer(request, init.signal ?? undefined);
  });
  return asked;
}

export const json = (value: unknown, status = 200): Response =>
  new Response(JSON.stringify(value), { status, headers: { "Content-Type": "application/json" } });

export const problem = (status: number, code: string, message: string): Response =>
  json({ error: { code, message } }, status);

/** A stream of events that the test feeds. */
export class FakeStream {
  private control!: ReadableStreamDefaultController<Uint8Array>;
  readonly response: Response;

  constructor(signal?: AbortSignal) {
    const body = new ReadableStream<Uint8Array>({ start: (control) => void (this.control = control) });
    signal?.addEventListener("abort", () => this.control.error(new DOMException("", "AbortError")));
    this.response = new Response(body, { headers: { "Content-Type": "text/event-stream; charset=utf-8" } });
  }

  send(id: number, event: string, data: unknown): void {
    this.control.enqueue(new TextEncoder().encode(`id: ${id}\nevent: ${event}\ndata: ${JSON.stringify(data)}\n\n`));
  }

  end(): void {
    this.control.close();
  }
}
