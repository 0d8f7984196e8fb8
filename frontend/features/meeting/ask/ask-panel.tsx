"use client";
import { useMutation } from "@tanstack/react-query";
import { Tooltip } from "radix-ui";
import { type FormEvent, useRef, useState } from "react";
import { useAnnounce } from "@/features/shell/announcer";
import { Button } from "@/features/ui/button";
import { Icon } from "@/features/ui/icon";
import { type Answer, ApiError, ask } from "@/lib/api/client";
import { en } from "@/strings/en";
import { useMeeting } from "../meeting-context";
import { EvidenceLinks } from "../minutes/evidence";
import styles from "./ask.module.css";

const t = en.results.ask;

interface Asked {
  question: string;
  answer: Answer;
}

/** Questions about this meeting; each answer has the moments that prove it. */
export function AskPanel() {
  const { job } = useMeeting();
  const [question, setQuestion] = useState("");
  const [asked, setAsked] = useState<Asked[]>([]);
  const stop = useRef<AbortController | null>(null);
  const announce = useAnnounce();
  const asking = useMutation({
    mutationFn: (text: string) => {
      stop.current = new AbortController();
      return ask(job.jobId, text, stop.current.signal);
    },
    onSuccess: (answer, text) => {
      setAsked((before) => [{ question: text, answer }, ...before]);
      setQuestion("");
      announce(answer.answer);
    },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const text = question.replace(/\s+/g, " ").trim();
    if (text && !asking.isPending) asking.mutate(text);
  };
  const error = asking.error instanceof ApiError ? asking.error : null; // a stop is none
  return (
    <Tooltip.Provider delayDuration={250} skipDelayDuration={400}>
      <form className={styles.form} onSubmit={submit}>
        <input
          value={question}
          maxLength={2000}
          aria-label={t.label}
          placeholder={t.placeholder}
          autoComplete="off"
          onChange={(e) => setQuestion(e.target.value)}
        />
        {asking.isPending ? (
          <Button onClick={() => stop.current?.abort()}>{t.stop}</Button>
        ) : (
          <Button variant="primary" type="submit" aria-label={t.submit} disabled={!question.trim()}>
            <Icon name="send" />
          </Button>
        )}
      </form>
      {asking.isPending && (
        <p role="status" className={styles.note}>
          {t.asking}
        </p>
      )}
      {error && (
        <div role="alert" className={styles.error}>
          <p>{error.message}</p>
          <Button size="small" onClick={() => asking.variables && asking.mutate(asking.variables)}>
            {t.retry}
          </Button>
        </div>
      )}
      {!asked.length && !asking.isPending && <Intro onAsk={(text) => asking.mutate(text)} />}
      <ol className={styles.answers}>
        {asked.map((one, i) => (
          <AnswerView key={asked.length - i} {...one} />
        ))}
      </ol>
    </Tooltip.Provider>
  );
}

function Intro({ onAsk }: { onAsk: (question: string) => void }) {
  return (
    <div className={styles.intro}>
      <p className={styles.note}>{t.intro}</p>
      <ul>
        {t.examples.map((example) => (
          <li key={example}>
            <Button size="small" onClick={() => onAsk(example)}>
              {example}
            </Button>
          </li>
        ))}
      </ul>
    </div>
  );
}

function AnswerView({ question, answer }: Asked) {
  const { provider, model, notes, citations } = answer;
  return (
    <li className={styles.answer} data-none={answer.insufficientEvidence || undefined}>
      <h3>{question}</h3>
      <p className={styles.text}>{answer.answer}</p>
      {citations.length > 0 && (
        <div className={styles.citations}>
          <EvidenceLinks evidence={citations} />
        </div>
      )}
      {notes.map((note, i) => (
        <p key={i} className={styles.note}>
          {note}
        </p>
      ))}
      {!answer.insufficientEvidence && (
        <p className={styles.note}>
          {provider === "builtin" ? t.byBuiltin : t.by(en.minutes.providers[provider] ?? provider, model)}
        </p>
      )}
    </li>
  );
}
