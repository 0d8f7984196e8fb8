"use client";
import type { Virtualizer } from "@tanstack/react-virtual";
import { type RefObject, useCallback, useEffect, useRef, useState } from "react";
import { useMeeting, useRevealed } from "../meeting-context";
import { type Paragraph, paragraphOf } from "../model/turns";
import { segmentAt, wordAt } from "../model/word-index";

const CALM_TOP = 0.2; // of the window: between these the word that is said may move
const CALM_BOTTOM = 0.68;
const AIM = 0.34;

type Rows = Virtualizer<Window, Element>;

/** Brings a paragraph into the page, about where it should be: its height was not measured yet. */
export function scrollNear(rows: Rows, paragraph: number): void {
  const row = rows.measurementsCache[paragraph];
  if (row) window.scrollTo({ top: row.start - innerHeight * AIM, behavior: "instant" });
}

/** Keeps what is being said in view, until a person scrolls away; then only when asked. */
export function useFollow(box: RefObject<HTMLElement | null>, rows: Rows, paragraphs: readonly Paragraph[]) {
  const { player, words, transcript } = useMeeting();
  const revealed = useRevealed();
  const [isFollowing, setFollowing] = useState(true);
  const following = useRef(true);
  const rowsNow = useRef(rows);
  rowsNow.current = rows;

  const follow = useCallback((on: boolean) => {
    following.current = on;
    setFollowing(on);
  }, []);

  const show = useCallback(
    (paragraph: number, selector: string, tries = 3) => {
      const element = box.current?.querySelector(selector);
      if (element) {
        const { top, bottom } = element.getBoundingClientRect();
        if (top > innerHeight * CALM_TOP && bottom < innerHeight * CALM_BOTTOM) return;
        const isNear = Math.abs(top) < innerHeight * 1.5;
        const isCalm = window.matchMedia("(prefers-reduced-motion: reduce)").matches;
        window.scrollBy({ top: top - innerHeight * AIM, behavior: isNear && !isCalm ? "smooth" : "instant" });
      } else if (tries > 0 && paragraph >= 0) {
        scrollNear(rowsNow.current, paragraph);
        requestAnimationFrame(() => show(paragraph, selector, tries - 1));
      }
    },
    [box],
  );

  const segments = transcript?.segments;
  const showNow = useCallback(() => {
    if (!segments) return;
    const paragraph = paragraphOf(paragraphs, Math.max(0, segmentAt(segments, player.timeMs)));
    const word = wordAt(words, player.timeMs);
    show(paragraph, word >= 0 ? `[data-word="${word}"]` : `[data-position="${paragraph}"]`);
  }, [paragraphs, player, segments, show, words]);

  useEffect(() => {
    let last = -1;
    return player.onTime((timeMs, isJump) => {
      const word = wordAt(words, timeMs);
      if (isJump) follow(true);
      else if (word === last || !following.current || !player.state().isPlaying) return;
      last = word;
      if (document.activeElement?.closest("textarea")) return; // somebody writes
      showNow();
    });
  }, [player, words, showNow, follow]);

  useEffect(() => {
    const away = (event: Event) => {
      if (event instanceof KeyboardEvent && !/^(Page|Home$|End$|Arrow(Up|Down)$)/.test(event.key)) return;
      if (event.type === "pointerdown" && event.target !== document.documentElement) return; // else: the scroll bar
      if (event.target instanceof Element && event.target.closest("aside, [role=dialog], [role=menu]")) return;
      if (following.current) follow(false);
    };
    const events = ["wheel", "touchmove", "keydown", "pointerdown"] as const;
    for (const type of events) window.addEventListener(type, away, { passive: true });
    return () => {
      for (const type of events) window.removeEventListener(type, away);
    };
  }, [follow]);

  useEffect(() => {
    if (!revealed) return;
    const paragraph = paragraphOf(paragraphs, revealed.segment);
    follow(false);
    show(paragraph, `[data-position="${paragraph}"]`);
  }, [revealed]); // eslint-disable-line react-hooks/exhaustive-deps

  return {
    isFollowing,
    /** goes back to what is being said, and stays with it */
    jumpToNow: useCallback(() => {
      follow(true);
      showNow();
    }, [follow, showNow]),
    show,
  };
}
