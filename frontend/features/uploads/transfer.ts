// One file on its way to /api/uploads, by tus: it goes on where it stopped, whatever stopped it.
import { DetailedError, Upload } from "tus-js-client";
import { ApiError, errorOfText, offline } from "@/lib/api/errors";

export interface TransferEvents {
  /** where the upload is, once the server has said so; goes on there next time */
  onUrl(url: string): void;
  onProgress(sent: number): void;
  /** the connection broke; it is tried again by itself */
  onWaiting(): void;
  /** the last byte is there */
  onDone(url: string): void;
  onError(error: ApiError): void;
}

export interface Transfer {
  /** stops sending; what arrived stays */
  stop(): void;
}

const RETRY_MS = [0, 1000, 3000, 5000, 10_000, 15_000, 30_000];
// Proxies in front of a server limit the size of a request, Cloud Run to 32 MiB.
const CHUNK_BYTES = 16 * 1024 * 1024;

export function startTransfer(file: File, url: string | null, events: TransferEvents): Transfer {
  const upload: Upload = new Upload(file, {
    endpoint: "/api/uploads",
    ...(url && { uploadUrl: url }),
    chunkSize: CHUNK_BYTES,
    retryDelays: RETRY_MS,
    storeFingerprintForResuming: false, // upload-record.ts does it
    metadata: { filename: file.name, filetype: file.type },
    onUploadUrlAvailable: () => upload.url && events.onUrl(upload.url),
    onProgress: (sent) => events.onProgress(sent),
    onShouldRetry: (error) => {
      const again = errorOfTus(error).isTransient || isBusy(error);
      if (again) events.onWaiting();
      return again;
    },
    onSuccess: () => upload.url && events.onDone(upload.url),
    onError: (error) => events.onError(errorOfTus(error)),
  });
  upload.start();
  return { stop: () => void upload.abort() };
}

/** 409 and 423: an earlier connection of this upload has not been given up yet. */
function isBusy(error: Error): boolean {
  const status = error instanceof DetailedError ? error.originalResponse?.getStatus() : 0;
  return status === 409 || status === 423;
}

function errorOfTus(error: Error): ApiError {
  const response = error instanceof DetailedError ? error.originalResponse : null;
  if (!response) return offline();
  return errorOfText(response.getStatus(), response.getBody(), (name) => response.getHeader(name) ?? null);
}
