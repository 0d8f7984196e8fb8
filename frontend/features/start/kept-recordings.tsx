"use client";
import { useCallback, useEffect, useState } from "react";
import { forgetRecording, type KeptRecording, listRecordings, readRecording } from "@/features/record/recording-store";
import { Button } from "@/features/ui/button";
import card from "@/features/ui/card.module.css";
import { ago, spell } from "@/lib/format";
import { en } from "@/strings/en";

export interface KeptRecordingsProps {
  /** those that are on their way already, or being made */
  taken: ReadonlySet<string>;
  onFile: (file: File, id: string) => void;
}

/** Recordings that an earlier visit made and did not send: a tab was closed, or the browser crashed. */
export function KeptRecordings({ taken, onFile }: KeptRecordingsProps) {
  const [kept, setKept] = useState<readonly KeptRecording[]>([]);
  const [sure, setSure] = useState<string | null>(null);
  const look = useCallback(() => void listRecordings().then(setKept), []);
  useEffect(look, [look, taken]);

  async function send(id: string) {
    const file = await readRecording(id);
    if (file) onFile(file, id);
  }

  async function discard(id: string) {
    await forgetRecording(id);
    setSure(null);
    look();
  }

  return kept
    .filter(({ id }) => !taken.has(id))
    .map(({ id, ms, startedAt }) => (
      <article key={id} className={card.card}>
        <header className={card.head}>
          <h2>{en.record.found}</h2>
        </header>
        <p className={card.text}>{en.record.foundText(spell(ms), ago(new Date(startedAt).toISOString()))}</p>
        <div className={card.actions}>
          <Button variant="primary" onClick={() => void send(id)}>
            {en.record.send}
          </Button>
          {sure === id ? (
            <>
              <Button variant="danger" onClick={() => void discard(id)}>
                {en.record.discardSure}
              </Button>
              <Button autoFocus onClick={() => setSure(null)}>
                {en.record.keep}
              </Button>
            </>
          ) : (
            <Button onClick={() => setSure(id)}>{en.record.discard}</Button>
          )}
        </div>
      </article>
    ));
}
