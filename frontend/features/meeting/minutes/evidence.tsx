"use client";
import { Tooltip } from "radix-ui";
import { Icon } from "@/features/ui/icon";
import type { Evidence } from "@/lib/api/client";
import { clock } from "@/lib/format";
import { en } from "@/strings/en";
import { useMeeting } from "../meeting-context";
import { segmentAt } from "../model/word-index";
import styles from "./minutes.module.css";

const t = en.minutes;

/** The moments that prove an item: what was said there shows on hover and focus, a click plays it. */
export function EvidenceLinks({ evidence, unverified }: { evidence: readonly Evidence[] | undefined; unverified?: boolean | undefined }) {
  return (
    <>
      {unverified && (
        <Hint text={t.unverifiedText}>
          <button type="button" className={styles.unverified}>
            <Icon name="alert" size={13} />
            {t.unverified}
          </button>
        </Hint>
      )}
      {evidence?.map((item, i) => (
        <Moment key={i} evidence={item} />
      ))}
    </>
  );
}

function Moment({ evidence: { start, quote } }: { evidence: Evidence }) {
  const { player, transcript, nameOf, reveal } = useMeeting();
  const startMs = start * 1000;
  // By its time, not by its number: words may have been corrected or taken out since.
  const segment = segmentAt(transcript?.segments ?? [], startMs + 1);
  const speaker = transcript?.segments[segment]?.speaker;
  const said = speaker ? t.quote(nameOf(speaker), quote) : `“${quote}”`;
  const play = () => {
    player.seek(startMs, { play: true });
    if (segment >= 0) reveal(segment);
  };
  return (
    <Hint text={said}>
      <button type="button" className={styles.moment} aria-label={t.evidence(clock(startMs), quote)} onClick={play}>
        <Icon name="play" size={11} />
        {clock(startMs)}
      </button>
    </Hint>
  );
}

function Hint({ text, children }: { text: string; children: React.ReactNode }) {
  return (
    <Tooltip.Root>
      <Tooltip.Trigger asChild>{children}</Tooltip.Trigger>
      <Tooltip.Portal>
        <Tooltip.Content className={styles.hint} sideOffset={6} collisionPadding={12}>
          {text}
        </Tooltip.Content>
      </Tooltip.Portal>
    </Tooltip.Root>
  );
}
