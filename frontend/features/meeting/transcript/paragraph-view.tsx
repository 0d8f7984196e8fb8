"use client";
import { memo, type ReactNode } from "react";
import { Icon } from "@/features/ui/icon";
import type { Segment } from "@/lib/api/client";
import { clock } from "@/lib/format";
import { en } from "@/strings/en";
import { type Paragraph, piecesOf } from "../model/turns";
import { SpeakerMenu } from "./speaker-menu";
import styles from "./transcript.module.css";
import { TurnEditor } from "./turn-editor";

const t = en.meeting.transcript;

export interface ParagraphProps {
  paragraph: Paragraph;
  /** those of the paragraph; the same objects as long as nothing in them changes */
  segments: readonly Segment[];
  /** number of the first word in the whole transcript */
  firstWord: number;
  position: number;
  total: number;
  name: string;
  colour: string;
  isEditing: boolean;
  /** the one that takes the focus when one tabs into the transcript */
  isTabStop: boolean;
  onEdit: (paragraph: Paragraph | null) => void;
}

/** What one speaker says in one go. Words carry their number; the transcript handles clicks on them. */
export const ParagraphView = memo(
  function ParagraphView(props: ParagraphProps) {
    const { paragraph, segments, firstWord, position, total, name, colour, isEditing, isTabStop, onEdit } = props;
    const inner = isTabStop ? 0 : -1; // one tabs into one paragraph, and through what is in it
    const when = clock(paragraph.startMs);
    return (
      <article
        className={styles.paragraph}
        data-starts={paragraph.isTurnStart || undefined}
        data-position={position}
        style={{ "--speaker": colour } as React.CSSProperties}
        aria-label={t.said(name, when)}
        aria-posinset={position + 1}
        aria-setsize={total}
        tabIndex={isTabStop ? 0 : -1}
      >
        <header className={styles.meta}>
          {paragraph.isTurnStart && paragraph.speaker !== null && (
            <SpeakerMenu paragraph={paragraph} name={name} tabIndex={inner} />
          )}
          <button
            type="button"
            className={styles.when}
            tabIndex={inner}
            data-seek={paragraph.startMs}
            aria-label={t.play(when)}
          >
            {when}
          </button>
          {!isEditing && (
            <button
              type="button"
              className={styles.pencil}
              tabIndex={inner}
              aria-label={t.edit}
              title={t.edit}
              onClick={() => onEdit(paragraph)}
            >
              <Icon name="edit" size={16} />
            </button>
          )}
        </header>
        {isEditing ? (
          <TurnEditor paragraph={paragraph} segments={segments} name={name} onDone={() => onEdit(null)} />
        ) : (
          <Words segments={segments} firstWord={firstWord} />
        )}
      </article>
    );
  },
  (a, b) =>
    a.segments.length === b.segments.length &&
    a.segments.every((s, i) => s === b.segments[i]) &&
    a.paragraph.first === b.paragraph.first &&
    a.paragraph.isTurnStart === b.paragraph.isTurnStart &&
    a.firstWord === b.firstWord &&
    a.position === b.position &&
    a.total === b.total &&
    a.name === b.name &&
    a.colour === b.colour &&
    a.isEditing === b.isEditing &&
    a.isTabStop === b.isTabStop &&
    a.onEdit === b.onEdit,
);

/** Below these confidences a word is shown as unsure, and as doubtful. */
export const UNSURE = 0.6;
export const DOUBTFUL = 0.35;

const sureness = (confidence: number | null | undefined): string | undefined =>
  confidence == null || confidence >= UNSURE ? undefined : confidence < DOUBTFUL ? "2" : "1";

function Words({ segments, firstWord }: { segments: readonly Segment[]; firstWord: number }) {
  const parts: ReactNode[] = [];
  let number = firstWord;
  segments.forEach((segment, i) => {
    if (i > 0) parts.push(" ");
    if (!segment.words.length) parts.push(segment.text);
    piecesOf(segment).forEach(({ gap, word }, k) => {
      if (gap) parts.push(gap);
      parts.push(
        <span key={number} className={styles.word} data-word={number} data-unsure={sureness(segment.words[k]!.confidence)}>
          {word}
        </span>,
      );
      number++;
    });
  });
  return (
    <p className={styles.text} dir="auto">
      {parts}
    </p>
  );
}
