"use client";
import { type CSSProperties, type MouseEvent, useEffect, useLayoutEffect, useMemo, useRef, useState } from "react";
import { Icon } from "@/features/ui/icon";
import { clock, spell } from "@/lib/format";
import { en } from "@/strings/en";
import { useMeeting } from "../meeting-context";
import { readMinutes } from "../minutes/model";
import { barsPath, overlapsOf, type Stretch, talkOf, ticksOf } from "./lanes";
import styles from "./timeline.module.css";
import { TimelineTable } from "./timeline-table";
import { useZoom } from "./use-zoom";

const t = en.results.timeline;
const LANE = 20;
const BAR = 12;

/** Who spoke when: a lane for each speaker, chapters above, several at once marked; a click goes there. */
export function Timeline() {
  const { analysis, transcript, player, nameOf, colourOf } = useMeeting();
  const duration = Math.max(1, (analysis.durationMs ?? (transcript?.duration ?? 0) * 1000) / 1000);
  const talks = useMemo(() => talkOf(transcript), [transcript]);
  const overlaps = useMemo(() => overlapsOf(talks), [talks]);
  const topics = (analysis.minutes && readMinutes(analysis.minutes)?.topics) || [];
  const scroller = useRef<HTMLDivElement>(null);
  const { width, zoom, canZoomIn, zoomBy, fit } = useZoom(scroller, duration);
  const scale = width / duration; // pixels for a second
  if (!talks.length) return null;

  const seek = (event: MouseEvent<HTMLElement>) => {
    const { left } = event.currentTarget.getBoundingClientRect();
    player.seek(((event.clientX - left) / scale) * 1000);
  };
  return (
    <section className={styles.timeline} aria-label={t.title}>
      <div className={styles.head}>
        <h2>{t.title}</h2>
        {overlaps.length > 0 && (
          <span className={styles.key}>
            <i aria-hidden="true" /> {t.overlap}
          </span>
        )}
        <span className={styles.zoom}>
          <button type="button" aria-label={t.zoomOut} disabled={zoom <= 1} onClick={() => zoomBy(0.5)}>
            <Icon name="minus" size={16} />
          </button>
          <button type="button" aria-label={t.zoomIn} disabled={!canZoomIn} onClick={() => zoomBy(2)}>
            <Icon name="plus" size={16} />
          </button>
          <button type="button" disabled={zoom <= 1} onClick={fit}>
            {t.fit}
          </button>
        </span>
      </div>
      <div className={styles.body}>
        <ul className={styles.names} aria-hidden="true" data-chapters={topics.length > 0 || undefined}>
          {talks.map(({ speaker, share }) => (
            <li key={speaker} style={{ "--speaker": colourOf(speaker) } as CSSProperties}>
              <span>{nameOf(speaker)}</span> <small>{Math.round(share * 100)} %</small>
            </li>
          ))}
        </ul>
        <div ref={scroller} className={styles.scroller} tabIndex={0} role="group" aria-label={t.title}>
          <div className={styles.canvas} style={{ width }} onClick={seek}>
            {topics.length > 0 && (
              <div className={styles.chapters} aria-hidden="true">
                {topics.map(({ title, start, end }, i) => (
                  <span
                    key={i}
                    title={`${clock(start * 1000)} ${title}`}
                    style={{ left: start * scale, width: Math.max(2, (end - start) * scale - 2) }}
                  >
                    {title}
                  </span>
                ))}
              </div>
            )}
            <Lanes talks={talks} overlaps={overlaps} scale={scale} width={width} label={t.summary(talks.length, spell(duration * 1000), talks.reduce((n, talk) => n + talk.stretches.length, 0))} />
            <div className={styles.axis} aria-hidden="true">
              {ticksOf(duration, scale).map((s) => (
                <span key={s} style={{ left: s * scale }}>
                  {clock(s * 1000)}
                </span>
              ))}
            </div>
            <Playhead scale={scale} scroller={scroller} />
          </div>
        </div>
      </div>
      <TimelineTable talks={talks} overlaps={overlaps} />
    </section>
  );
}

interface LanesProps {
  talks: ReturnType<typeof talkOf>;
  overlaps: readonly Stretch[];
  scale: number;
  width: number;
  label: string;
}

/** A path for each speaker, not a shape for each stretch: hours of meeting stay light. */
function Lanes({ talks, overlaps, scale, width, label }: LanesProps) {
  const { colourOf } = useMeeting();
  const height = talks.length * LANE;
  const paths = useMemo(
    () => talks.map(({ stretches }, i) => barsPath(stretches, scale, i * LANE + (LANE - BAR) / 2, BAR)),
    [talks, scale],
  );
  return (
    <svg className={styles.lanes} width={width} height={height} role="img" aria-label={label}>
      <path className={styles.overlap} d={barsPath(overlaps, scale, 0, height)} />
      {talks.map(({ speaker }, i) => (
        <line key={speaker} className={styles.rule} x1="0" x2={width} y1={i * LANE + LANE / 2} y2={i * LANE + LANE / 2} />
      ))}
      {talks.map(({ speaker }, i) => (
        <path key={speaker} d={paths[i]} fill={colourOf(speaker)} />
      ))}
    </svg>
  );
}

/** Moves by itself: nothing is rendered while it plays. */
function Playhead({ scale, scroller }: { scale: number; scroller: React.RefObject<HTMLDivElement | null> }) {
  const { player } = useMeeting();
  const line = useRef<HTMLDivElement>(null);
  const [isReady, setReady] = useState(false);
  useLayoutEffect(() => setReady(scale > 0), [scale]);
  useEffect(() => {
    const move = (timeMs: number) => {
      const x = (timeMs / 1000) * scale;
      if (line.current) line.current.style.transform = `translateX(${x}px)`;
      const box = scroller.current;
      if (box && (x < box.scrollLeft || x > box.scrollLeft + box.clientWidth) && player.state().isPlaying)
        box.scrollLeft = x - box.clientWidth * 0.1;
    };
    move(player.timeMs);
    return player.onTime(move);
  }, [player, scale, scroller]);
  return <div ref={line} className={styles.playhead} hidden={!isReady} />;
}
