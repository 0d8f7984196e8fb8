"use client";
import { useEffect, useRef, useState } from "react";
import { Button } from "@/features/ui/button";
import { Icon } from "@/features/ui/icon";
import { clock } from "@/lib/format";
import { en } from "@/strings/en";
import styles from "./record.module.css";
import { type Recorder, type RecorderState, startRecorder, whyNot } from "./recorder";
import { forgetRecording } from "./recording-store";

export interface RecordPanelProps {
  /** the finished recording, kept under `id` until a job has it */
  onFile(file: File, id: string): void;
  onClose(): void;
}

const QUIET = 0.12;
const QUIET_MS = 4000;

/** Records from the moment that it is shown. */
export function RecordPanel({ onFile, onClose }: RecordPanelProps) {
  const recorder = useRef<Recorder | null>(null);
  const [attempt, setAttempt] = useState(0);
  const [state, setState] = useState<RecorderState>("asking");
  const [problem, setProblem] = useState<string | null>(null);
  const [{ level, ms, quietSince }, setHeard] = useState({ level: 0, ms: 0, quietSince: 0 });
  const [sure, setSure] = useState(false);

  useEffect(() => {
    let gone = false;
    setProblem(null);
    if (!navigator.mediaDevices?.getUserMedia) return setProblem(en.record.insecure);
    const begun = startRecorder({
      onState: (next) => !gone && setState(next),
      onLevel: (next, at) =>
        !gone && setHeard((old) => ({ level: next, ms: at, quietSince: next > QUIET ? at : old.quietSince })),
      onBroken: () => !gone && setProblem(en.record.broken),
    });
    begun.then(
      (made) => {
        if (gone) void made.finish();
        else recorder.current = made;
      },
      (error: unknown) => !gone && setProblem(whyNot(error)),
    );
    return () => {
      gone = true;
      void recorder.current?.finish(); // what there is stays kept
      recorder.current = null;
    };
  }, [attempt]);

  async function finish() {
    const made = recorder.current;
    recorder.current = null;
    const file = await made?.finish();
    if (file && made) onFile(file, made.id);
    onClose();
  }

  async function discard() {
    const made = recorder.current;
    recorder.current = null;
    await made?.finish();
    if (made) await forgetRecording(made.id);
    onClose();
  }

  if (problem)
    return (
      <section className={styles.panel} aria-label={en.record.title}>
        <p role="alert" className={styles.problem}>
          <Icon name="alert" /> {problem}
        </p>
        <div className={styles.buttons}>
          <Button variant="primary" onClick={() => setAttempt(attempt + 1)}>
            {en.errors.retry}
          </Button>
          <Button onClick={onClose}>{en.common.close}</Button>
        </div>
      </section>
    );

  const recording = state === "recording";
  return (
    <section className={styles.panel} aria-label={en.record.title}>
      <p className={styles.state} role="status">
        <span className={styles.light} data-on={recording} aria-hidden="true" />
        {state === "asking" ? en.record.asking : recording ? en.record.recording : en.record.paused}
      </p>
      <p className={styles.time} role="timer">
        {clock(ms)}
      </p>
      <div className={styles.level} aria-hidden="true">
        <span style={{ transform: `scaleX(${recording ? level : 0})` }} />
      </div>
      <p className={styles.hint} role="status">
        {recording && ms - quietSince > QUIET_MS && en.record.quiet}
      </p>
      {sure ? (
        <div className={styles.buttons}>
          <span>{en.record.discardSure}</span>
          <Button variant="danger" onClick={() => void discard()}>
            {en.record.discard}
          </Button>
          <Button autoFocus onClick={() => setSure(false)}>
            {en.record.keep}
          </Button>
        </div>
      ) : (
        <div className={styles.buttons}>
          <Button variant="primary" disabled={state === "asking"} onClick={() => void finish()}>
            <Icon name="stop" /> {en.record.finish}
          </Button>
          {recording ? (
            <Button onClick={() => recorder.current?.pause()}>
              <Icon name="pause" /> {en.record.pause}
            </Button>
          ) : (
            <Button disabled={state === "asking"} onClick={() => recorder.current?.resume()}>
              <Icon name="mic" /> {en.record.resume}
            </Button>
          )}
          <Button variant="quiet" onClick={() => (state === "asking" ? onClose() : setSure(true))}>
            {state === "asking" ? en.common.cancel : en.record.discard}
          </Button>
        </div>
      )}
    </section>
  );
}
