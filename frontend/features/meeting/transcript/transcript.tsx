"use client";
import { useWindowVirtualizer } from "@tanstack/react-virtual";
import { type KeyboardEvent, type MouseEvent, useCallback, useLayoutEffect, useMemo, useRef, useState } from "react";
import { Button } from "@/features/ui/button";
import { Icon } from "@/features/ui/icon";
import { Notice } from "@/features/ui/notice";
import { readText, writeText } from "@/lib/storage";
import { en } from "@/strings/en";
import { useMeeting } from "../meeting-context";
import type { Match } from "../model/find";
import { type Paragraph, paragraphOf, paragraphsOf } from "../model/turns";
import { segmentAt } from "../model/word-index";
import { usePlayerState } from "../player/use-player";
import { useShortcuts } from "../use-shortcuts";
import { ParagraphView } from "./paragraph-view";
import { TranscriptTools } from "./transcript-tools";
import styles from "./transcript.module.css";
import { useCurrentWord } from "./use-current-word";
import { markMatches } from "./mark-matches";
import { scrollNear, useFollow } from "./use-follow";

const t = en.meeting.transcript;
const DOUBT = "chip.doubt";

export function Transcript() {
  const { transcript } = useMeeting();
  if (!transcript) return <Notice title={t.none} text={t.noneText} />;
  if (!transcript.segments.length) return <Notice title={t.empty} text={t.emptyText} />;
  return <Paragraphs />;
}

/** The words, by turns. Only what is near the window is in the page, however long the meeting. */
function Paragraphs() {
  const { transcript, words, player, nameOf, colourOf } = useMeeting();
  const segments = useMemo(() => transcript?.segments ?? [], [transcript]);
  const paragraphs = useMemo(() => paragraphsOf(segments), [segments]);
  const parts = useMemo(() => paragraphs.map((p) => segments.slice(p.first, p.end)), [paragraphs, segments]);
  const box = useRef<HTMLDivElement>(null);
  const [margin, setMargin] = useState(0);
  const [editing, setEditing] = useState<number | null>(null); // its beginning, which stays when numbers change
  const [tabStop, setTabStop] = useState(0);
  const [matches, setMatches] = useState<{ all: Match[]; at: number }>({ all: [], at: 0 });
  const [showsDoubt, setShowsDoubt] = useState(() => readText(DOUBT) !== "off");
  const [isFinding, setFinding] = useState(false);

  useLayoutEffect(() => {
    const measure = () => setMargin((box.current?.getBoundingClientRect().top ?? 0) + window.scrollY);
    const page = new ResizeObserver(measure); // something above it may have grown: title, video, timeline
    page.observe(document.body);
    measure();
    return () => page.disconnect();
  }, []);
  const rows = useWindowVirtualizer({
    count: paragraphs.length,
    scrollMargin: margin,
    overscan: 4,
    estimateSize: (i) => height(paragraphs[i]!, parts[i]!),
    getItemKey: (i) => paragraphs[i]!.key,
  });
  useCurrentWord(box);
  const { isFollowing, jumpToNow, show } = useFollow(box, rows, paragraphs);
  const items = rows.getVirtualItems();
  useLayoutEffect(() => markMatches(box.current, matches.all, matches.at));

  const edit = useCallback((paragraph: Paragraph | null) => setEditing(paragraph?.startMs ?? null), []);
  const focus = (index: number, tries = 4) => {
    setTabStop(index);
    const element = box.current?.querySelector<HTMLElement>(`[data-position="${index}"]`);
    if (element) return element.focus();
    scrollNear(rows, index);
    if (tries) requestAnimationFrame(() => focus(index, tries - 1));
  };
  const focused = () => Number(document.activeElement?.closest("[data-position]")?.getAttribute("data-position") ?? -1);

  useShortcuts({
    edit: () => {
      const at = focused();
      edit(paragraphs[at >= 0 ? at : paragraphOf(paragraphs, Math.max(0, segmentAt(segments, player.timeMs)))] ?? null);
    },
    find: () => setFinding(true),
    now: jumpToNow,
  });

  const onClick = (event: MouseEvent) => {
    const target = event.target instanceof Element ? event.target : null;
    const start = target?.closest("[data-seek]")?.getAttribute("data-seek");
    if (start) return player.seek(Number(start), { play: true });
    const word = target?.closest("[data-word]")?.getAttribute("data-word");
    if (word && !String(window.getSelection())) player.seek(words.starts[Number(word)]!);
  };
  const onDoubleClick = (event: MouseEvent) => {
    const target = event.target instanceof Element ? event.target.closest("[data-word]") : null;
    const position = target?.closest("[data-position]")?.getAttribute("data-position");
    if (position) edit(paragraphs[Number(position)] ?? null);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (!(event.target instanceof HTMLElement) || event.shiftKey || event.ctrlKey || event.metaKey) return;
    const index = Number(event.target.getAttribute("data-position") ?? -1);
    if (index < 0) return;
    const next = { ArrowDown: index + 1, ArrowUp: index - 1, Home: 0, End: paragraphs.length - 1 }[event.key];
    if (next !== undefined) focus(Math.max(0, Math.min(next, paragraphs.length - 1)));
    else if (event.key === "Enter") player.seek(paragraphs[index]!.startMs, { play: true });
    else return;
    event.preventDefault();
  };

  const first = items[0];
  const stop = items.some((i) => i.index === tabStop) ? tabStop : first?.index;
  return (
    <>
      <TranscriptTools
        paragraphs={paragraphs}
        showsDoubt={showsDoubt}
        onShowDoubt={(on) => {
          setShowsDoubt(on);
          writeText(DOUBT, on ? null : "off");
        }}
        isFinding={isFinding}
        onFinding={setFinding}
        onMatch={(all, at) => {
          setMatches({ all, at });
          const match = all[at];
          if (match) show(match.paragraph, `[data-word="${match.first}"]`);
        }}
      />
      <div
        ref={box}
        role="feed"
        aria-label={en.meeting.panels.transcript}
        className={styles.feed}
        data-doubt={showsDoubt || undefined}
        style={{ height: rows.getTotalSize() }}
        onClick={onClick}
        onDoubleClick={onDoubleClick}
        onKeyDown={onKeyDown}
        onFocus={(e) => {
          const position = e.target.closest("[data-position]")?.getAttribute("data-position");
          if (position) setTabStop(Number(position));
        }}
      >
        <div style={{ transform: `translateY(${(first?.start ?? margin) - margin}px)` }}>
          {items.map(({ index, key }) => {
            const paragraph = paragraphs[index]!;
            return (
              <div key={key} data-index={index} ref={rows.measureElement}>
                <ParagraphView
                  paragraph={paragraph}
                  segments={parts[index]!}
                  firstWord={words.firstWord[paragraph.first]!}
                  position={index}
                  total={paragraphs.length}
                  name={nameOf(paragraph.speaker)}
                  colour={colourOf(paragraph.speaker)}
                  isEditing={editing === paragraph.startMs}
                  isTabStop={index === stop}
                  onEdit={edit}
                />
              </div>
            );
          })}
        </div>
      </div>
      <NowButton isFollowing={isFollowing} onJump={jumpToNow} />
    </>
  );
}

function NowButton({ isFollowing, onJump }: { isFollowing: boolean; onJump: () => void }) {
  const { player } = useMeeting();
  const { isPlaying } = usePlayerState(player);
  if (isFollowing || !isPlaying) return null;
  return (
    <Button variant="primary" size="small" className={styles.now} onClick={onJump}>
      <Icon name="down" size={16} />
      {en.meeting.player.now}
    </Button>
  );
}

/** About how high a paragraph will be, before it was measured. */
function height(paragraph: Paragraph, segments: readonly { text: string }[]): number {
  const characters = segments.reduce((sum, s) => sum + s.text.length + 1, 0);
  const line = Math.min(72, Math.max(28, window.innerWidth / 11));
  return Math.ceil(characters / line) * 28 + (paragraph.isTurnStart ? 52 : 14);
}
