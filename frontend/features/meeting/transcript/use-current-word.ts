"use client";
import { type RefObject, useEffect, useLayoutEffect } from "react";
import { useMeeting } from "../meeting-context";
import { wordAt } from "../model/word-index";

/** Lights the word that is being said. One attribute of one element changes; nothing renders. */
export function useCurrentWord(box: RefObject<HTMLElement | null>): void {
  const { player, words } = useMeeting();
  const light = () => {
    const word = wordAt(words, player.timeMs);
    const lit = box.current?.querySelector("[data-now]");
    if (lit?.getAttribute("data-word") === String(word)) return;
    lit?.removeAttribute("data-now");
    box.current?.querySelector(`[data-word="${word}"]`)?.setAttribute("data-now", "");
  };
  useLayoutEffect(light); // what was scrolled into view may hold it
  useEffect(() => {
    let last = -1;
    return player.onTime((timeMs) => {
      const word = wordAt(words, timeMs);
      if (word === last) return;
      last = word;
      light();
    });
  }, [player, words]); // eslint-disable-line react-hooks/exhaustive-deps
}
