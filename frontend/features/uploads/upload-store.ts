// All uploads of this tab. They go on while one looks at other pages, and after a reload as far as a
// browser allows: it does not let a page read a file again that was chosen before, so that has to be chosen anew;
// recordings of the microphone are kept and need nothing.
import { ApiError, createJob, deleteUpload, getUpload, type JobOptions } from "@/lib/api/client";
import { offline } from "@/lib/api/errors";
import { uuid } from "@/lib/uuid";
import { forgetRecording, readRecording } from "@/features/record/recording-store";
import { holdUpload, isHeldElsewhere } from "./upload-lock";
import { forgetRecord, isSameFile, readRecords, uploadIdOf, type UploadRecord, writeRecord } from "./upload-record";
import type { Transfer } from "./transfer";

export type UploadState = "queued" | "uploading" | "waiting" | "paused" | "needs-file" | "starting" | "failed";

export interface UploadItem extends UploadRecord {
  state: UploadState;
  /** bytes that are there */
  sent: number;
  error: ApiError | null;
}

export interface NewUpload {
  title: string | null;
  options: JobOptions;
  /** of a recording in IndexedDB, which is removed when the job has it */
  recording?: string;
}

const AGAIN_MS = 15_000;
const AT_ONCE = 2; // more would only share the same line

interface Work {
  file: File | null;
  transfer: Transfer | null;
  release: (() => void) | null;
  /** the timer of another try, after the connection was lost for longer */
  again?: ReturnType<typeof setTimeout> | undefined;
}

export class UploadStore {
  private items: readonly UploadItem[] = [];
  private readonly work = new Map<string, Work>();
  private readonly listeners = new Set<() => void>();
  private restored = false;
  private sender: Promise<typeof import("./transfer")> | null = null;

  /** @param onJob told which jobs have been handed over */
  constructor(private readonly onJob: (jobId: string) => void) {}

  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  readonly get = (): readonly UploadItem[] => this.items;

  /** Whether closing the page would stop something that needs its file chosen again. */
  isBusy(): boolean {
    return this.items.some(({ state, recording }) => !recording && (state === "uploading" || state === "queued" || state === "waiting"));
  }

  /** Takes a file. One that was begun before goes on; the result says which upload it is. */
  add(file: File, { title, options, recording }: NewUpload): string {
    const begun = this.items.find((item) => item.state === "needs-file" && isSameFile(item, file));
    if (begun) {
      this.giveFile(begun.id, file);
      return begun.id;
    }
    const record: UploadRecord = {
      id: uuid(),
      name: file.name,
      size: file.size,
      lastModified: file.lastModified,
      title,
      options,
      url: null,
      recording: recording ?? null,
      createdAt: Date.now(),
    };
    writeRecord(record);
    this.hold(record.id, file);
    this.set([...this.items, { ...record, state: "queued", sent: 0, error: null }]);
    this.next();
    return record.id;
  }

  /** The file of an upload that needs it again. False if it is another one. */
  giveFile(id: string, file: File): boolean {
    const item = this.find(id);
    if (!item || !isSameFile(item, file)) return false;
    this.hold(id, file);
    this.change(id, { state: "queued", error: null });
    this.next();
    return true;
  }

  pause(id: string): void {
    this.stopTransfer(id);
    this.change(id, { state: "paused" });
    this.next();
  }

  /** Goes on after a pause, a failure, or a lost connection. */
  resume(id: string): void {
    const work = this.work.get(id);
    this.stopTransfer(id);
    this.change(id, { state: work?.file ? "queued" : "needs-file", error: null });
    if (!work?.file) void this.look(id);
    this.next();
  }

  /** Drops an upload, here and on the server. */
  remove(id: string): void {
    const item = this.find(id);
    this.forget(id);
    if (item?.url) void deleteUpload(uploadIdOf(item.url)).catch(() => {}); // else it expires by itself
    if (item?.recording) void forgetRecording(item.recording);
    this.next();
  }

  /** Finds what an earlier visit left. Once for a page; further calls do nothing. */
  async restore(): Promise<void> {
    if (this.restored) return;
    this.restored = true;
    window.addEventListener("online", () => {
      for (const { id } of this.items) if (this.work.get(id)?.again !== undefined) this.resume(id);
    });
    for (const record of readRecords()) {
      if (this.find(record.id) || (await isHeldElsewhere(record.id))) continue;
      this.set([...this.items, { ...record, state: "needs-file", sent: 0, error: null }]);
      await this.look(record.id);
    }
  }

  /** Asks the server how far an upload is, and goes on without its file if that is possible. */
  private async look(id: string): Promise<void> {
    const item = this.find(id);
    if (!item) return;
    try {
      const upload = item.url ? await getUpload(uploadIdOf(item.url)) : null;
      if (upload?.jobId) return this.handedOver(upload.jobId, id);
      if (upload?.finished && item.url) return await this.start(id, item.url);
      this.change(id, { sent: upload?.offset ?? 0 });
    } catch (e) {
      if (!(e instanceof ApiError)) throw e;
      if (e.status === 404) this.change(id, { url: null, sent: 0 }); // it expired, or a job has had it
      else this.change(id, { error: e });
    }
    if (item.recording) {
      const file = await readRecording(item.recording);
      if (file) this.giveRecording(id, file);
    }
  }

  private giveRecording(id: string, file: File): void {
    this.hold(id, file);
    this.change(id, { state: "queued", error: null });
    this.next();
  }

  private next(): void {
    let free = AT_ONCE - this.items.filter(({ state }) => state === "uploading" || state === "waiting").length;
    for (const item of this.items) {
      if (free <= 0) return;
      if (item.state !== "queued") continue;
      void this.transfer(item);
      free -= 1;
    }
  }

  private async transfer({ id, url }: UploadItem): Promise<void> {
    this.change(id, { state: "uploading", error: null });
    const sender = await this.loadSender();
    if (!sender) return this.fail(id, offline());
    const work = this.work.get(id);
    if (!work?.file || this.find(id)?.state !== "uploading") return; // paused or removed meanwhile
    work.transfer = sender.startTransfer(work.file, url, {
      onUrl: (found) => this.change(id, { url: found }),
      onProgress: (sent) => this.change(id, { state: "uploading", sent }),
      onWaiting: () => this.change(id, { state: "waiting" }),
      onDone: (at) => void this.start(id, at),
      onError: (error) => this.fail(id, error),
    });
  }

  /** tus comes with the first file, not with the page. Null if it cannot be had now. */
  private async loadSender(): Promise<typeof import("./transfer") | null> {
    this.sender ??= import("./transfer");
    try {
      return await this.sender;
    } catch {
      this.sender = null;
      return null;
    }
  }

  private async start(id: string, url: string): Promise<void> {
    const item = this.find(id);
    if (!item) return;
    this.change(id, { state: "starting", sent: item.size });
    try {
      const { jobId } = await createJob({
        jobId: id,
        uploadId: uploadIdOf(url),
        ...(item.title && { title: item.title }),
        options: item.options,
      });
      this.handedOver(jobId, id);
    } catch (e) {
      if (!(e instanceof ApiError)) throw e;
      this.fail(id, e);
    }
    this.next();
  }

  private handedOver(jobId: string, id: string): void {
    const recording = this.find(id)?.recording;
    this.forget(id);
    if (recording) void forgetRecording(recording);
    this.onJob(jobId);
  }

  private fail(id: string, error: ApiError): void {
    const work = this.work.get(id);
    this.stopTransfer(id);
    if (work && error.status === 0) {
      work.again = setTimeout(() => this.resume(id), AGAIN_MS);
      this.change(id, { state: "waiting", error });
    } else this.change(id, { state: "failed", error });
    this.next();
  }

  private hold(id: string, file: File): void {
    const work = this.work.get(id);
    if (work) work.file = file;
    else this.work.set(id, { file, transfer: null, release: holdUpload(id) });
  }

  private stopTransfer(id: string): void {
    const work = this.work.get(id);
    if (!work) return;
    clearTimeout(work.again);
    work.again = undefined;
    work.transfer?.stop();
    work.transfer = null;
  }

  private forget(id: string): void {
    this.stopTransfer(id);
    this.work.get(id)?.release?.();
    this.work.delete(id);
    forgetRecord(id);
    this.set(this.items.filter((item) => item.id !== id));
  }

  private find(id: string): UploadItem | undefined {
    return this.items.find((item) => item.id === id);
  }

  private change(id: string, values: Partial<UploadItem>): void {
    const old = this.find(id);
    if (!old) return;
    const item = { ...old, ...values };
    if (item.url !== old.url) {
      const { state: _state, sent: _sent, error: _error, ...record } = item;
      writeRecord(record);
    }
    this.set(this.items.map((other) => (other.id === id ? item : other)));
  }

  private set(items: readonly UploadItem[]): void {
    this.items = items;
    for (const listener of this.listeners) listener();
  }
}
