// The microphone, from permission to a file. Each second goes into recording-store.ts as it comes.
import { uuid } from "@/lib/uuid";
import { en } from "@/strings/en";
import { keepPiece } from "./recording-store";

export type RecorderState = "asking" | "recording" | "paused";

export interface RecorderEvents {
  onState(state: RecorderState): void;
  /** several times a second: how loud it is, 0 to 1, and how long, without pauses */
  onLevel(level: number, ms: number): void;
  /** it broke off by itself; what there was is kept */
  onBroken(): void;
}

export interface Recorder {
  readonly id: string;
  pause(): void;
  resume(): void;
  /** Ends it; all of it is kept when this resolves. The file, or null if nothing was recorded. */
  finish(): Promise<File | null>;
}

const TYPES = ["audio/webm;codecs=opus", "audio/mp4", "audio/ogg;codecs=opus"];
const endings: Record<string, string> = { "audio/webm": "webm", "audio/mp4": "m4a", "audio/ogg": "ogg" };

/** A sentence about why there is no recording. */
export function whyNot(error: unknown): string {
  const name = error instanceof DOMException ? error.name : "";
  if (name === "NotAllowedError" || name === "SecurityError") return en.record.denied;
  if (name === "NotFoundError" || name === "OverconstrainedError") return en.record.missing;
  return en.record.busy;
}

/** Asks for the microphone and begins. Throws what the browser throws; whyNot() puts it in words. */
export async function startRecorder(events: RecorderEvents): Promise<Recorder> {
  events.onState("asking");
  const stream = await navigator.mediaDevices.getUserMedia({
    audio: { echoCancellation: false, noiseSuppression: true, autoGainControl: true, channelCount: 1 },
  });
  const type = TYPES.find((t) => MediaRecorder.isTypeSupported(t));
  const media = new MediaRecorder(stream, { ...(type && { mimeType: type }), audioBitsPerSecond: 64_000 });
  const id = uuid();
  const startedAt = Date.now();
  const plain = (media.mimeType || "audio/webm").split(";")[0] ?? "audio/webm";
  const name = `${en.record.name(stamp(new Date(startedAt)))}.${endings[plain] ?? "webm"}`;
  const blobs: Blob[] = [];
  const time = stopwatch();
  let kept: Promise<unknown> = Promise.resolve();
  let finishing = false;

  media.ondataavailable = ({ data }) => {
    if (!data.size) return;
    const n = blobs.push(data) - 1;
    const ms = time.ms();
    kept = kept
      .then(async () => keepPiece({ recording: id, n, name, startedAt, ms, type: plain, data: await data.arrayBuffer() }))
      .catch(() => {}); // no room or no IndexedDB: it is in memory all the same
  };
  const stopped = new Promise<void>((resolve) => (media.onstop = () => resolve()));
  const level = meter(stream, (value) => events.onLevel(value, time.ms()));
  void stopped.then(async () => {
    level.close();
    time.stop();
    for (const track of stream.getTracks()) track.stop();
    await kept;
    if (!finishing) events.onBroken();
  });

  media.start(1000);
  time.start();
  events.onState("recording");
  return {
    id,
    pause() {
      media.pause();
      time.stop();
      events.onState("paused");
    },
    resume() {
      media.resume();
      time.start();
      events.onState("recording");
    },
    async finish() {
      finishing = true;
      if (media.state !== "inactive") media.stop();
      await stopped;
      await kept;
      return blobs.length ? new File(blobs, name, { type: plain, lastModified: startedAt }) : null;
    },
  };
}

function stamp(date: Date): string {
  const two = (n: number) => String(n).padStart(2, "0");
  const day = `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
  return `${day} ${two(date.getHours())}.${two(date.getMinutes())}`; // no colon: it is a file's name
}

function stopwatch() {
  let before = 0;
  let since: number | null = null;
  return {
    start: () => (since ??= performance.now()),
    stop() {
      if (since !== null) before += performance.now() - since;
      since = null;
    },
    ms: () => Math.round(before + (since === null ? 0 : performance.now() - since)),
  };
}

/** Calls back some 15 times a second with the loudness, 0 (silence) to 1 (as loud as it gets). */
function meter(stream: MediaStream, onLevel: (level: number) => void) {
  const context = new AudioContext();
  const analyser = context.createAnalyser();
  analyser.fftSize = 2048;
  context.createMediaStreamSource(stream).connect(analyser);
  const samples = new Float32Array(analyser.fftSize);
  const timer = setInterval(() => {
    analyser.getFloatTimeDomainData(samples);
    const power = samples.reduce((sum, x) => sum + x * x, 0) / samples.length;
    const db = 10 * Math.log10(power + 1e-10); // -100 for silence; speech is at about -30
    onLevel(Math.min(1, Math.max(0, (db + 60) / 60)));
  }, 66);
  return {
    close() {
      clearInterval(timer);
      void context.close();
    },
  };
}
