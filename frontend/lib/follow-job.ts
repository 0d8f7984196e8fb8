// Follows one job until it has ended, with server-sent events where they come through and by polling where they
// do not. No React in here; use-job-status.ts is the hook.
import { EventSourceParserStream, type EventSourceMessage } from "eventsource-parser/stream";
import { ApiError, type Job, type JobEvent, type JobEventKind, getJob, isEnded } from "./api/client";
import { errorOf } from "./api/errors";
import { eventSchemas } from "./api/schemas";

export interface FollowOptions {
  /** milliseconds between polls while no events come */
  interval: number;
  /** whether to try server-sent events; a browser opens only six connections to a server */
  stream: boolean;
  onJob(job: Job): void;
  /** each event of the job once, in order, from its first; only with `stream` */
  onEvent(event: JobEvent): void;
  /** null when a request succeeded after others had failed */
  onTrouble(error: ApiError | null): void;
  /** the job has ended, or is not ours to see: nothing more will come */
  onEnd(): void;
}

export interface Follower {
  stop(): void;
  refetch(): Promise<void>;
}

// The server sends at least a comment every 15 seconds. A stream that was silent for longer is not believed:
// a proxy holds it back, or the computer was asleep.
const SILENT_MS = 20_000;
const MAX_PAUSE_MS = 30_000;

export function followJob(jobId: string, options: FollowOptions): Follower {
  let job: Job | null = null;
  let lastEvent = 0;
  let heardAt = -Infinity; // last bytes of the stream
  let stopped = false;
  let pause = 1000; // before the next connection
  let polling: Promise<void> | null = null;
  let streaming: AbortController | null = null;
  let reconnect: ReturnType<typeof setTimeout> | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const requests = new AbortController();

  function stop(): void {
    stopped = true;
    requests.abort();
    closeStream();
    clearTimeout(timer);
    document.removeEventListener("visibilitychange", wake);
    window.removeEventListener("online", wake);
  }

  function end(): void {
    if (stopped) return;
    stop();
    options.onEnd();
  }

  function show(next: Job): void {
    if (job && next.seq < job.seq) return; // older than what events have told
    job = next;
    options.onJob(next);
  }

  /** Asks for the whole job. Several callers share one request. */
  function poll(): Promise<void> {
    polling ??= (async () => {
      try {
        const next = await getJob(jobId, requests.signal);
        if (stopped) return;
        options.onTrouble(null);
        show(next);
        if (isEnded(next.status)) end();
      } catch (e) {
        if (stopped || !(e instanceof ApiError)) return;
        options.onTrouble(e);
        if (!e.isTransient) end();
      } finally {
        polling = null;
      }
    })();
    return polling;
  }

  function schedule(): void {
    timer = setTimeout(async () => {
      if (Date.now() - heardAt > SILENT_MS) await poll();
      if (!stopped) schedule();
    }, options.interval);
  }

  async function connect(): Promise<void> {
    const control = new AbortController();
    streaming = control;
    try {
      const response = await fetch(`/api/jobs/${encodeURIComponent(jobId)}/events`, {
        credentials: "same-origin",
        cache: "no-store",
        headers: { Accept: "text/event-stream", ...(lastEvent > 0 && { "Last-Event-ID": String(lastEvent) }) },
        signal: control.signal,
      });
      if (response.status === 204) return void (await poll()); // ended, and nothing was missed
      if (!response.ok) throw await errorOf(response);
      if (!response.headers.get("Content-Type")?.startsWith("text/event-stream") || !response.body) {
        pause = MAX_PAUSE_MS;
        return;
      }
      pause = 1000;
      await read(response.body);
    } catch {
      // Polling says what is wrong, if it fails too.
    } finally {
      if (streaming === control) {
        streaming = null;
        heardAt = -Infinity;
        if (!stopped && !document.hidden) {
          reconnect = setTimeout(openStream, pause);
          pause = Math.min(pause * 2, MAX_PAUSE_MS);
        }
      }
    }
  }

  async function read(body: ReadableStream<Uint8Array>): Promise<void> {
    const heard = new TransformStream<Uint8Array, Uint8Array>({
      transform(bytes, out) {
        heardAt = Date.now();
        out.enqueue(bytes);
      },
    });
    const events = body
      .pipeThrough(heard)
      .pipeThrough(new TextDecoderStream() as TransformStream<Uint8Array, string>)
      .pipeThrough(new EventSourceParserStream({ onRetry: (ms) => (pause = ms) }));
    const reader = events.getReader();
    for (let next = await reader.read(); !next.done && !stopped; next = await reader.read())
      await take(next.value);
  }

  async function take(message: EventSourceMessage): Promise<void> {
    const event = parse(message);
    if (!event || event.id <= lastEvent) return;
    lastEvent = event.id;
    options.onEvent(event);
    if (job && event.id > job.seq) show(applyEvent(job, event));
    if (event.kind === "completed" || event.kind === "failed" || event.kind === "cancelled") await poll();
  }

  function openStream(): void {
    clearTimeout(reconnect);
    if (!stopped && options.stream && !streaming && !document.hidden) void connect();
  }

  function closeStream(): void {
    clearTimeout(reconnect);
    streaming?.abort();
    streaming = null;
    heardAt = -Infinity;
  }

  // A hidden tab gives its connection back and only polls; when it is seen again, it asks at once and
  // gets the events that it missed. The same after a lost network.
  function wake(): void {
    if (document.hidden) return closeStream();
    void poll();
    pause = 1000;
    if (Date.now() - heardAt > SILENT_MS) closeStream();
    openStream();
  }

  document.addEventListener("visibilitychange", wake);
  window.addEventListener("online", wake);
  void poll();
  openStream();
  schedule();
  return { stop, refetch: poll };
}

function parse({ id, event, data }: EventSourceMessage): JobEvent | null {
  if (!id || !event || !(event in eventSchemas)) return null;
  const kind = event as JobEventKind;
  try {
    const parsed = eventSchemas[kind].safeParse(JSON.parse(data));
    return parsed.success ? ({ id: Number(id), kind, data: parsed.data } as JobEvent) : null;
  } catch {
    return null; // cut off in the middle of a line
  }
}

/** The job as it is after an event. */
export function applyEvent(job: Job, event: JobEvent): Job {
  const next = { ...job, seq: event.id };
  switch (event.kind) {
    case "status":
      return { ...next, status: event.data.status, stage: event.data.stage ?? null };
    case "progress": {
      const { stage, progress, speed, etaSeconds, durationMs } = event.data;
      return {
        ...next,
        status: "processing",
        stage,
        progress,
        speed: speed ?? null,
        etaSeconds: etaSeconds ?? null,
        durationMs: durationMs ?? job.durationMs,
      };
    }
    case "warning":
      return { ...next, warnings: [...job.warnings, event.data] };
    case "retry":
      return { ...next, status: event.data.status, error: event.data.error };
    case "segments":
    case "completed": // the whole job is asked for
    case "failed":
    case "cancelled":
      return next;
  }
}
