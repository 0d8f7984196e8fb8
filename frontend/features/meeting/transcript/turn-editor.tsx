"use client";
import { AlertDialog } from "radix-ui";
import { type KeyboardEvent, useEffect, useLayoutEffect, useRef, useState } from "react";
import { Button } from "@/features/ui/button";
import dialog from "@/features/ui/dialog.module.css";
import type { Segment } from "@/lib/api/client";
import { readText, writeText } from "@/lib/storage";
import { en } from "@/strings/en";
import { useMeeting } from "../meeting-context";
import { changeTexts } from "../model/edit";
import { splitText } from "../model/edit-text";
import type { Paragraph } from "../model/turns";
import styles from "./transcript.module.css";

const t = en.meeting.transcript;

interface Props {
  paragraph: Paragraph;
  segments: readonly Segment[];
  name: string;
  onDone: () => void;
}

/** A paragraph as one text to be corrected. What is typed is kept in this browser until it is saved. */
export function TurnEditor({ paragraph, segments, name, onDone }: Props) {
  const { analysis, edits } = useMeeting();
  const written = segments.map((s) => s.text).join(" ");
  const draftKey = `chip.draft.${analysis.jobId}.${paragraph.startMs}`;
  const [draft] = useState(() => readText(draftKey));
  const [text, setText] = useState(draft ?? written);
  const [isAsking, setAsking] = useState(false);
  const box = useRef<HTMLTextAreaElement>(null);

  useLayoutEffect(() => {
    if (!box.current) return;
    box.current.style.height = "auto";
    box.current.style.height = `${box.current.scrollHeight}px`;
  }, [text]);
  useEffect(() => {
    box.current?.focus({ preventScroll: true });
    box.current?.setSelectionRange(0, 0);
  }, []);

  const keep = (next: string) => {
    setText(next);
    writeText(draftKey, next === written ? null : next);
  };
  const close = () => {
    box.current?.closest("article")?.focus({ preventScroll: true });
    onDone();
  };
  const leave = () => {
    writeText(draftKey, null);
    close();
  };
  const parts = () => splitText(segments.map((s) => s.text), text);
  const save = () => {
    const change = changeTexts(analysis, parts().map((part, i) => ({ index: paragraph.first + i, text: part })));
    if (change) void edits.change(change).then((saved) => saved && writeText(draftKey, null));
    else writeText(draftKey, null);
    close();
  };
  const submit = () => (parts().some((part) => part === "") ? setAsking(true) : save());
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.nativeEvent.isComposing) return;
    if (event.key === "Escape") leave();
    else if (event.key === "Enter" && !event.shiftKey) {
      event.preventDefault();
      submit();
    } else return;
    event.stopPropagation();
  };

  return (
    <div className={styles.editor}>
      <textarea
        ref={box}
        value={text}
        rows={1}
        dir="auto"
        spellCheck
        aria-label={t.text(name)}
        onChange={(e) => keep(e.target.value)}
        onKeyDown={onKeyDown}
      />
      <div className={styles.editorActions}>
        <Button size="small" variant="primary" onClick={submit}>
          {en.meeting.save}
        </Button>
        <Button size="small" variant="quiet" onClick={leave}>
          {en.common.cancel}
        </Button>
        <span className={styles.hint}>{draft !== null && draft !== written ? t.draft : t.editHint}</span>
      </div>
      <AlertDialog.Root open={isAsking} onOpenChange={setAsking}>
        <AlertDialog.Portal>
          <AlertDialog.Overlay className={dialog.overlay} />
          <AlertDialog.Content className={dialog.dialog}>
            <AlertDialog.Title>{t.removeTitle}</AlertDialog.Title>
            <AlertDialog.Description>{t.removeText}</AlertDialog.Description>
            <div className={dialog.actions}>
              <AlertDialog.Cancel asChild>
                <Button>{en.common.cancel}</Button>
              </AlertDialog.Cancel>
              <AlertDialog.Action asChild>
                <Button variant="danger" onClick={save}>
                  {t.remove}
                </Button>
              </AlertDialog.Action>
            </div>
          </AlertDialog.Content>
        </AlertDialog.Portal>
      </AlertDialog.Root>
    </div>
  );
}
