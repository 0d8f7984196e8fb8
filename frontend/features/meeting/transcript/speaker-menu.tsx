"use client";
import { DropdownMenu } from "radix-ui";
import { useState } from "react";
import { Icon } from "@/features/ui/icon";
import menu from "@/features/ui/menu.module.css";
import { en } from "@/strings/en";
import { useMeeting } from "../meeting-context";
import { changeSpeaker, freeLabel } from "../model/edit";
import type { Paragraph } from "../model/turns";
import styles from "./transcript.module.css";

const t = en.meeting.transcript;

interface Props {
  paragraph: Paragraph;
  name: string;
  tabIndex: number;
}

/** Who says this; another can be chosen, for the whole turn. The menu is made when it is first wanted. */
export function SpeakerMenu(props: Props) {
  const [isWanted, setWanted] = useState(false);
  if (isWanted) return <Menu {...props} />;
  return (
    <button
      type="button"
      className={styles.speaker}
      tabIndex={props.tabIndex}
      aria-haspopup="menu"
      aria-expanded={false}
      onClick={() => setWanted(true)}
    >
      {props.name}
      <Icon name="down" size={14} />
    </button>
  );
}

function Menu({ paragraph, name, tabIndex }: Props) {
  const { analysis, transcript, edits, nameOf, colourOf } = useMeeting();
  const speakers = transcript?.speakers ?? [];
  const give = (label: string, isNew = false) => {
    const end = turnEnd(transcript?.segments ?? [], paragraph);
    const change = changeSpeaker(analysis, paragraph.first, end, label, isNew ? [{ id: label, name: "" }] : []);
    if (change) void edits.change(change);
  };
  return (
    <DropdownMenu.Root modal={false} defaultOpen>
      <DropdownMenu.Trigger className={styles.speaker} tabIndex={tabIndex}>
        {name}
        <Icon name="down" size={14} />
      </DropdownMenu.Trigger>
      <DropdownMenu.Portal>
        <DropdownMenu.Content className={menu.menu} align="start" sideOffset={4} aria-label={t.speaker}>
          <DropdownMenu.RadioGroup value={paragraph.speaker ?? ""} onValueChange={(label) => give(label)}>
            {speakers.map(({ id }) => (
              <DropdownMenu.RadioItem key={id} value={id} className={menu.item}>
                <span className={styles.dot} style={{ background: colourOf(id) }} />
                {nameOf(id)}
                <DropdownMenu.ItemIndicator className={menu.check}>
                  <Icon name="check" />
                </DropdownMenu.ItemIndicator>
              </DropdownMenu.RadioItem>
            ))}
          </DropdownMenu.RadioGroup>
          <DropdownMenu.Separator className={menu.line} />
          <DropdownMenu.Item className={menu.item} onSelect={() => give(freeLabel(analysis), true)}>
            <Icon name="plus" />
            {t.newSpeaker}
          </DropdownMenu.Item>
        </DropdownMenu.Content>
      </DropdownMenu.Portal>
    </DropdownMenu.Root>
  );
}

/** A turn may be several paragraphs: all of them until somebody else speaks. */
function turnEnd(segments: readonly { speaker?: string | null | undefined }[], { first, end, speaker }: Paragraph): number {
  let last = Math.max(first, end);
  while (last < segments.length && (segments[last]!.speaker ?? null) === speaker) last++;
  return last;
}
