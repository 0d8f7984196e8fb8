"use client";
import { type KeyboardEvent, useDeferredValue, useEffect, useMemo, useState } from "react";
import { Button } from "@/features/ui/button";
import { Icon } from "@/features/ui/icon";
import { en } from "@/strings/en";
import { useMeeting } from "../meeting-context";
import { findMatches, type Match } from "../model/find";
import type { Paragraph } from "../model/turns";
import styles from "./transcript.module.css";

const t = en.meeting.find;

interface Props {
  paragraphs: readonly Paragraph[];
  onMatch: (all: Match[], at: number) => void;
  onClose: () => void;
}

export function FindBar({ paragraphs, onMatch, onClose }: Props) {
  const { transcript, words } = useMeeting();
  const [query, setQuery] = useState("");
  const [at, setAt] = useState(0);
  const wanted = useDeferredValue(query);
  const matches = useMemo(
    () => findMatches(transcript?.segments ?? [], paragraphs, words.firstWord, wanted),
    [transcript, paragraphs, words, wanted],
  );
  useEffect(() => onMatch(matches, at), [matches, at]); // eslint-disable-line react-hooks/exhaustive-deps
  useEffect(() => () => onMatch([], 0), []); // eslint-disable-line react-hooks/exhaustive-deps
  const step = (by: number) => matches.length && setAt((at + by + matches.length) % matches.length);
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === "Enter") step(event.shiftKey ? -1 : 1);
    else if (event.key === "Escape") onClose();
    else return;
    event.preventDefault();
  };
  const status = !wanted.trim() ? "" : matches.length ? t.found(at + 1, matches.length) : t.nothing;
  return (
    <search className={styles.find}>
      <Icon name="search" />
      <input
        autoFocus
        type="text"
        enterKeyHint="search"
        value={query}
        placeholder={t.placeholder}
        aria-label={t.label}
        onChange={(e) => {
          setQuery(e.target.value);
          setAt(0);
        }}
        onKeyDown={onKeyDown}
      />
      <span role="status" className={styles.found}>
        {status}
      </span>
      <Button variant="quiet" size="small" aria-label={t.previous} disabled={!matches.length} onClick={() => step(-1)}>
        <Icon name="up" />
      </Button>
      <Button variant="quiet" size="small" aria-label={t.next} disabled={!matches.length} onClick={() => step(1)}>
        <Icon name="down" />
      </Button>
      <Button variant="quiet" size="small" aria-label={t.close} onClick={onClose}>
        <Icon name="close" />
      </Button>
    </search>
  );
}
