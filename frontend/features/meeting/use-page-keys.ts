"use client";
import { useMemo } from "react";
import { useMeeting } from "./meeting-context";
import { paragraphsOf, turnStart } from "./model/turns";
import { lastNotAfter } from "./model/word-index";
import { showShortcuts } from "./player/shortcut-help";
import { useShortcuts } from "./use-shortcuts";

const STEP_MS = 5000;
const LEAP_MS = 10_000;
const RATE_STEP = 0.25;

/** The keys that work wherever one is on the page: playback, turns, undo. */
export function usePageKeys(): void {
  const { player, edits, transcript, words } = useMeeting();
  const paragraphs = useMemo(() => paragraphsOf(transcript?.segments ?? []), [transcript]);
  const toTurn = (step: -1 | 1) => {
    const start = turnStart(paragraphs, player.timeMs, step);
    if (start !== null) player.seek(start);
  };
  const toWord = (step: -1 | 1) => {
    const now = lastNotAfter(words.starts, player.timeMs + 1);
    const start = words.starts[Math.max(0, now + step)];
    if (start !== undefined) player.seek(start);
  };
  useShortcuts({
    toggle: player.toggle,
    back: () => player.skip(-STEP_MS),
    forward: () => player.skip(STEP_MS),
    "back-more": () => player.skip(-LEAP_MS),
    "forward-more": () => player.skip(LEAP_MS),
    "previous-turn": () => toTurn(-1),
    "next-turn": () => toTurn(1),
    "previous-word": () => toWord(-1),
    "next-word": () => toWord(1),
    slower: () => player.setRate(player.state().rate - RATE_STEP),
    faster: () => player.setRate(player.state().rate + RATE_STEP),
    undo: () => void edits.undo(),
    redo: () => void edits.redo(),
    help: showShortcuts,
  });
}
