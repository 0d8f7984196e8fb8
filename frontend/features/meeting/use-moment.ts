"use client";
import { useSearchParams } from "next/navigation";
import { useEffect } from "react";
import { useMeeting } from "./meeting-context";
import { segmentAt } from "./model/word-index";

/** The moment that the address names, as links from the search do: ?t=milliseconds. */
export function useMoment(): void {
  const { player, transcript, reveal } = useMeeting();
  const wanted = useSearchParams().get("t");
  const hasWords = transcript !== null;
  useEffect(() => {
    const timeMs = wanted === null ? NaN : Number(wanted);
    if (!Number.isFinite(timeMs) || timeMs < 0) return;
    player.seek(timeMs);
    const segment = segmentAt(transcript?.segments ?? [], timeMs + 1);
    if (segment >= 0) reveal(segment);
    // Corrections make a new transcript; they must not move the player back.
  }, [wanted, hasWords]);
}
