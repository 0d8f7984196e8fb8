"use client";
import { useCallback } from "react";
import type { ActionItem } from "@/lib/api/client";
import { useMeeting } from "../meeting-context";
import { ownerName } from "./model";

/** How the owner of a task is called, now that speakers may have other names. */
export function useOwner(): (task: ActionItem) => string | null {
  const { transcript, nameOf } = useMeeting();
  const speakers = transcript?.speakers;
  return useCallback(
    (task) => ownerName(task, nameOf, (label) => Boolean(speakers?.find((s) => s.id === label)?.name)),
    [speakers, nameOf],
  );
}
