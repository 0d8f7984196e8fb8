"use client";
import { Switch } from "radix-ui";
import { useId } from "react";
import { Button } from "@/features/ui/button";
import { Icon } from "@/features/ui/icon";
import { en } from "@/strings/en";
import { useMeeting } from "../meeting-context";
import type { Match } from "../model/find";
import type { Paragraph } from "../model/turns";
import { FindBar } from "./find-bar";
import styles from "./transcript.module.css";

const t = en.meeting.transcript;

interface Props {
  paragraphs: readonly Paragraph[];
  showsDoubt: boolean;
  onShowDoubt: (on: boolean) => void;
  isFinding: boolean;
  onFinding: (on: boolean) => void;
  onMatch: (all: Match[], at: number) => void;
}

export function TranscriptTools({ paragraphs, showsDoubt, onShowDoubt, isFinding, onFinding, onMatch }: Props) {
  const { edits, editState } = useMeeting();
  const label = useId();
  return (
    <div className={styles.tools} role="toolbar" aria-label={t.tools}>
      {isFinding ? (
        <FindBar paragraphs={paragraphs} onMatch={onMatch} onClose={() => onFinding(false)} />
      ) : (
        <>
          <Button variant="quiet" size="small" aria-label={en.meeting.find.label} onClick={() => onFinding(true)}>
            <Icon name="search" />
            <span className={styles.wideOnly}>{en.meeting.find.placeholder}</span>
          </Button>
          <span className={styles.gap} />
          <span className={styles.legend}>
            <span id={label}>{t.confidence}</span>
            <span className={styles.wideOnly} aria-hidden={!showsDoubt}>
              {showsDoubt && (
                <>
                  <span className={styles.word} data-unsure="1">
                    {t.unsure}
                  </span>{" "}
                  <span className={styles.word} data-unsure="2">
                    {t.doubtful}
                  </span>
                </>
              )}
            </span>
          </span>
          <Switch.Root className={styles.switch} checked={showsDoubt} onCheckedChange={onShowDoubt} aria-labelledby={label}>
            <Switch.Thumb className={styles.thumb} />
          </Switch.Root>
          <Button variant="quiet" size="small" aria-label={t.undo} title={t.undo} disabled={!editState.canUndo} onClick={() => void edits.undo()}>
            <Icon name="undo" />
          </Button>
          <Button variant="quiet" size="small" aria-label={t.redo} title={t.redo} disabled={!editState.canRedo} onClick={() => void edits.redo()}>
            <Icon name="redo" />
          </Button>
        </>
      )}
    </div>
  );
}
