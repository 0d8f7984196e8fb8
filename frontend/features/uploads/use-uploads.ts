"use client";
import { useEffect, useSyncExternalStore } from "react";
import { followJobs } from "@/features/job/followed";
import { UploadStore, type UploadItem } from "./upload-store";

export const uploads = new UploadStore((jobId) => followJobs([jobId]));
const none: readonly UploadItem[] = [];

/** All uploads of this tab, with those that an earlier visit left. */
export function useUploads(): readonly UploadItem[] {
  const items = useSyncExternalStore(uploads.subscribe, uploads.get, () => none);
  useEffect(() => {
    void uploads.restore();
    const warn = (event: BeforeUnloadEvent) => {
      if (uploads.isBusy()) event.preventDefault();
    };
    window.addEventListener("beforeunload", warn);
    return () => window.removeEventListener("beforeunload", warn);
  }, []);
  return items;
}
