"use client";
import { useEffect, useState } from "react";
import { flushSync } from "react-dom";
import type { ActionItem, Evidence, Minutes, Segment } from "@/lib/api/client";
import { clock, spell } from "@/lib/format";
import { en } from "@/strings/en";
import { useMeeting } from "../meeting-context";
import { day, figuresBySentence, readMinutes } from "../minutes/model";
import { Origin } from "../minutes/origin";
import { useOwner } from "../minutes/use-owner";
import { talkOf } from "../timeline/lanes";
import styles from "./print.module.css";
import { onPrintWish, type PrintWish } from "./print-request";

const t = en.minutes;
const dateFormat = new Intl.DateTimeFormat("en", { dateStyle: "long" });

/**
 * The meeting on paper; nothing on the screen. Minutes are always ready to be printed, the transcript, which may be
 * a hundred pages, only when it was asked for or there are no minutes.
 */
export function PrintDocument() {
  const { job, analysis } = useMeeting();
  const minutes = analysis.minutes && readMinutes(analysis.minutes);
  const [wish, setWish] = useState<PrintWish | null>(null);
  const [isPrinting, setPrinting] = useState(false);

  useEffect(() => onPrintWish(setWish), []);
  useEffect(() => {
    if (wish !== null) window.print();
  }, [wish]);
  useEffect(() => {
    const before = () => flushSync(() => setPrinting(true));
    const after = () => {
      setPrinting(false);
      setWish(null);
    };
    window.addEventListener("beforeprint", before);
    window.addEventListener("afterprint", after);
    return () => {
      window.removeEventListener("beforeprint", before);
      window.removeEventListener("afterprint", after);
    };
  }, []);

  return (
    <div className={styles.document}>
      <header>
        <h1>{job.title ?? minutes?.title ?? en.common.untitled}</h1>
        <p className={styles.facts}>
          {[
            minutes?.date ? day(minutes.date) : t.print.made(dateFormat.format(new Date(job.createdAt))),
            analysis.durationMs !== null && spell(analysis.durationMs),
          ]
            .filter(Boolean)
            .join(" · ")}
        </p>
        <People />
      </header>
      {minutes && <PrintedMinutes minutes={minutes} />}
      {isPrinting && (wish === "all" || !minutes) && <PrintedTranscript />}
    </div>
  );
}

function People() {
  const { transcript, nameOf } = useMeeting();
  const talk = talkOf(transcript);
  if (!talk.length) return null;
  return (
    <p className={styles.facts}>
      {t.print.people}: {talk.map(({ speaker, share }) => `${nameOf(speaker)} (${Math.round(share * 100)} %)`).join(", ")}
    </p>
  );
}

function PrintedMinutes({ minutes }: { minutes: Minutes }) {
  const { nameOf } = useMeeting();
  const { summary, decisions, action_items: tasks, open_questions: questions, risks, figures, topics } = minutes;
  return (
    <>
      {summary.short && <p className={styles.summary}>{summary.short}</p>}
      <Items title={t.decisions} items={decisions} />
      {tasks.length > 0 && <TaskTable tasks={tasks} />}
      <Items title={t.questions} items={questions.map((q) => ({ ...q, more: q.asked_by ? t.askedBy(nameOf(q.asked_by)) : "" }))} />
      <Items title={t.risks} items={risks} />
      <Items title={t.figures} items={figuresBySentence(figures).map((f) => ({ ...f, more: f.values }))} />
      {topics.length > 0 && (
        <section>
          <h2>{t.topics}</h2>
          <ol className={styles.topics}>
            {topics.map((topic, i) => (
              <li key={i}>
                <span>{clock(topic.start * 1000)}</span>
                <div>
                  <b>{topic.title}</b>
                  {topic.summary && <p>{topic.summary}</p>}
                </div>
              </li>
            ))}
          </ol>
        </section>
      )}
      <Origin minutes={minutes} />
    </>
  );
}

interface Item {
  text: string;
  more?: string;
  evidence?: Evidence[] | undefined;
  unverified?: boolean | undefined;
}

function Items({ title, items }: { title: string; items: readonly Item[] }) {
  if (!items.length) return null;
  return (
    <section>
      <h2>{title}</h2>
      <ul className={styles.items}>
        {items.map(({ text, more, evidence, unverified }, i) => (
          <li key={i}>
            <p>
              {text} {more && <span className={styles.quiet}>{more}</span>} <Mark unverified={unverified} />
            </p>
            <Proof evidence={evidence} />
          </li>
        ))}
      </ul>
    </section>
  );
}

function TaskTable({ tasks }: { tasks: readonly ActionItem[] }) {
  const nameOfOwner = useOwner();
  return (
    <section>
      <h2>{t.actions}</h2>
      <table className={styles.tasks}>
        <thead>
          <tr>
            <th aria-label={t.task.columns[4]} />
            <th>{t.task.columns[0]}</th>
            <th>{t.task.columns[1]}</th>
            <th>{t.task.columns[2]}</th>
          </tr>
        </thead>
        <tbody>
          {tasks.map((task, i) => (
            <tr key={i}>
              <td className={styles.box}>{task.done ? "☑" : "☐"}</td>
              <td>
                {task.what} <Mark unverified={task.unverified} />
                <Proof evidence={task.evidence} />
              </td>
              <td>{nameOfOwner(task) ?? "–"}</td>
              <td>{task.due?.date ? day(task.due.date) : (task.due?.said ?? "–")}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

const Mark = ({ unverified }: { unverified: boolean | undefined }) =>
  unverified ? <span className={styles.mark}>{t.unverified}</span> : null;

function Proof({ evidence }: { evidence: readonly Evidence[] | undefined }) {
  const [first] = evidence ?? [];
  return first ? (
    <p className={styles.quiet}>
      {clock(first.start * 1000)} “{first.quote}”
    </p>
  ) : null;
}

function PrintedTranscript() {
  const { transcript, nameOf, colourOf } = useMeeting();
  const groups: { speaker: string | null; segments: Segment[] }[] = [];
  for (const segment of transcript?.segments ?? []) {
    const speaker = segment.speaker ?? null;
    const last = groups.at(-1);
    if (last && last.speaker === speaker) last.segments.push(segment);
    else groups.push({ speaker, segments: [segment] });
  }
  return (
    <section className={styles.transcript}>
      <h2>{t.print.transcript}</h2>
      {groups.map(({ speaker, segments }, i) => (
        <p key={i}>
          <b style={{ color: colourOf(speaker) }}>{nameOf(speaker)}</b>{" "}
          <span className={styles.quiet}>{clock((segments[0]?.start ?? 0) * 1000)}</span> {segments.map((s) => s.text).join(" ")}
        </p>
      ))}
    </section>
  );
}
