"use client";
import { DropdownMenu } from "radix-ui";
import { type CSSProperties, type KeyboardEvent, useMemo, useState } from "react";
import { useAnnounce } from "@/features/shell/announcer";
import { Button } from "@/features/ui/button";
import { Icon } from "@/features/ui/icon";
import menu from "@/features/ui/menu.module.css";
import { Notice } from "@/features/ui/notice";
import type { Speaker } from "@/lib/api/client";
import { spell } from "@/lib/format";
import { en } from "@/strings/en";
import { useMeeting } from "../meeting-context";
import { changeName, mergeSpeakers } from "../model/edit";
import { CountControl } from "./count-control";
import styles from "./speakers.module.css";

const t = en.meeting.speakers;

/** Who took part: names, the same person twice, and how many there are. */
export function SpeakersPanel() {
  const { transcript } = useMeeting();
  const speakers = transcript?.speakers ?? [];
  const talk = useMemo(() => {
    const ms = new Map<string, number>();
    for (const { speaker, start, end } of transcript?.turns ?? [])
      ms.set(speaker, (ms.get(speaker) ?? 0) + (end - start) * 1000);
    return ms;
  }, [transcript?.turns]);
  if (!speakers.length) return <Notice title={t.none} text={t.noneText} />;
  const longest = Math.max(1, ...talk.values());
  return (
    <div className={styles.panel}>
      <ul className={styles.list}>
        {inOrder(speakers).map((speaker) => (
          <SpeakerRow key={speaker.id} speaker={speaker} talkMs={talk.get(speaker.id) ?? 0} longestMs={longest} />
        ))}
      </ul>
      <CountControl />
    </div>
  );
}

/** By their numbers, so that nobody changes places when others are merged and told apart again. */
function inOrder(speakers: readonly Speaker[]): Speaker[] {
  return speakers.toSorted((a, b) => a.id.localeCompare(b.id, "en", { numeric: true }));
}

function SpeakerRow({ speaker, talkMs, longestMs }: { speaker: Speaker; talkMs: number; longestMs: number }) {
  const { analysis, transcript, player, edits, nameOf, colourOf } = useMeeting();
  const who = nameOf(speaker.id);
  const listen = () => {
    // The longest stretch says most about a voice.
    const own = transcript?.turns?.filter((turn) => turn.speaker === speaker.id) ?? [];
    const [best] = own.toSorted((a, b) => b.end - b.start - (a.end - a.start));
    if (best) player.seek(best.start * 1000, { play: true });
  };
  const rename = (name: string) => {
    const change = changeName(analysis, speaker.id, name.trim());
    if (change) void edits.change(change);
  };
  return (
    <li className={styles.row} style={{ "--speaker": colourOf(speaker.id) } as CSSProperties}>
      <NameField key={speaker.name} speaker={speaker} who={who} onName={rename} />
      <Suggestion speaker={speaker} onAccept={rename} />
      <div className={styles.talk}>
        <span className={styles.share} aria-hidden="true">
          <span style={{ width: `${(100 * talkMs) / longestMs}%` }} />
        </span>
        <span>{spell(talkMs)}</span>
      </div>
      <div className={styles.actions}>
        <Button size="small" variant="quiet" aria-label={t.listen(who)} onClick={listen}>
          <Icon name="play" size={16} />
          {t.listenShort}
        </Button>
        <MergeMenu speaker={speaker} who={who} />
      </div>
    </li>
  );
}

function NameField({ speaker, who, onName }: { speaker: Speaker; who: string; onName: (name: string) => void }) {
  const [name, setName] = useState(speaker.name);
  const onKeyDown = (event: KeyboardEvent<HTMLInputElement>) => {
    if (event.key === "Escape") setName(speaker.name);
    if (event.key === "Enter") event.currentTarget.blur();
  };
  return (
    <label className={styles.name}>
      <span className={styles.badge} aria-hidden="true" />
      <input
        value={name}
        maxLength={100}
        placeholder={who}
        aria-label={t.name(who)}
        autoComplete="off"
        onChange={(e) => setName(e.target.value)}
        onKeyDown={onKeyDown}
        onBlur={() => name !== speaker.name && onName(name)}
      />
      <Icon name="edit" size={15} />
    </label>
  );
}

/** A known voice that this one is like. It is only used when a person says so. */
function Suggestion({ speaker, onAccept }: { speaker: Speaker; onAccept: (name: string) => void }) {
  const { suggestion, similarity } = speaker;
  if (typeof suggestion !== "string" || typeof similarity !== "number" || speaker.name) return null;
  return (
    <p className={styles.suggestion}>
      {t.suggestion(suggestion, Math.round(similarity * 100))}
      <Button size="small" onClick={() => onAccept(suggestion)}>
        {t.accept(suggestion)}
      </Button>
    </p>
  );
}

function MergeMenu({ speaker, who }: { speaker: Speaker; who: string }) {
  const { analysis, transcript, edits, nameOf, colourOf } = useMeeting();
  const announce = useAnnounce();
  const others = transcript?.speakers?.filter((s) => s.id !== speaker.id) ?? [];
  if (!others.length) return null;
  const merge = (into: string) => {
    const change = mergeSpeakers(analysis, speaker.id, into);
    if (!change) return;
    announce(t.merged(who, nameOf(into)));
    void edits.change(change);
  };
  return (
    <DropdownMenu.Root modal={false}>
      <DropdownMenu.Trigger asChild>
        <Button size="small" variant="quiet">
          {t.merge}
        </Button>
      </DropdownMenu.Trigger>
      <DropdownMenu.Portal>
        <DropdownMenu.Content className={menu.menu} align="start" sideOffset={4} aria-label={t.mergeLabel(who)}>
          {others.map(({ id }) => (
            <DropdownMenu.Item key={id} className={menu.item} onSelect={() => merge(id)}>
              <span className={styles.dot} style={{ background: colourOf(id) }} />
              {nameOf(id)}
            </DropdownMenu.Item>
          ))}
        </DropdownMenu.Content>
      </DropdownMenu.Portal>
    </DropdownMenu.Root>
  );
}
