"use client";
import type { ReactNode } from "react";
import type { Minutes, Statement } from "@/lib/api/client";
import { en } from "@/strings/en";
import { useMeeting } from "../meeting-context";
import { Chapters } from "./chapters";
import { CopyButton } from "./copy-button";
import { EvidenceLinks } from "./evidence";
import { statementMarkdown, taskMarkdown } from "./markdown";
import styles from "./minutes.module.css";
import { figuresBySentence, isEmpty } from "./model";
import { Tasks, TasksMenu } from "./tasks";
import { useOwner } from "./use-owner";
import { Values } from "./values";

const t = en.minutes;

/** Minutes, each item with what proves it. */
export function MinutesView({ minutes, canEdit }: { minutes: Minutes; canEdit: boolean }) {
  const { nameOf } = useMeeting();
  const nameOfOwner = useOwner();
  const { summary, topics, decisions, action_items: tasks, open_questions: questions, risks, figures, values } = minutes;
  const open = tasks.filter((task) => !task.done).length;
  if (isEmpty(minutes) && !values?.length) return <p className={styles.empty}>{t.nothing}</p>;
  return (
    <div className={styles.minutes}>
      {summary.short && (
        <section className={styles.summary}>
          <h3 className="visually-hidden">{t.summary}</h3>
          <p className={styles.short}>{summary.short}</p>
          {summary.long && summary.long !== summary.short && (
            <details>
              <summary>{t.longSummary}</summary>
              {summary.long.split(/\n+/).map((paragraph, i) => (
                <p key={i}>{paragraph}</p>
              ))}
            </details>
          )}
          <div className={styles.facts}>
            <EvidenceLinks evidence={summary.evidence?.slice(0, 12)} />
          </div>
        </section>
      )}
      {tasks.length > 0 && (
        <Section
          title={t.actions}
          note={t.task.open(open, tasks.length)}
          markdown={() => tasks.map((task) => taskMarkdown(task, nameOfOwner)).join("\n")}
          tools={<TasksMenu minutes={minutes} />}
        >
          <Tasks minutes={minutes} canEdit={canEdit} />
        </Section>
      )}
      <Statements title={t.decisions} items={decisions} />
      {topics.length > 0 && (
        <Section title={t.topics}>
          <Chapters topics={topics} />
        </Section>
      )}
      <Statements title={t.questions} items={questions} more={(item) => item.asked_by && t.askedBy(nameOf(item.asked_by))} />
      <Statements title={t.risks} items={risks} />
      <Statements title={t.figures} items={figuresBySentence(figures)} more={(item) => String(item.values)} />
      {values !== undefined && values.length > 0 && (
        <Section title={t.values}>
          <Values values={values} />
        </Section>
      )}
    </div>
  );
}

interface SectionProps {
  title: string;
  note?: string;
  markdown?: () => string;
  tools?: ReactNode;
  children: ReactNode;
}

function Section({ title, note, markdown, tools, children }: SectionProps) {
  return (
    <section>
      <div className={styles.heading}>
        <h3>{title}</h3>
        {note && <span className={styles.small}>{note}</span>}
        <span className={styles.tools}>
          {markdown && <CopyButton label={t.copySection(title)} text={markdown} />}
          {tools}
        </span>
      </div>
      {children}
    </section>
  );
}

interface StatementsProps {
  title: string;
  items: readonly Statement[];
  /** what else is known of one */
  more?: (item: Statement) => string | null | undefined;
}

function Statements({ title, items, more }: StatementsProps) {
  if (!items.length) return null;
  return (
    <Section title={title} markdown={() => items.map(statementMarkdown).join("\n")}>
      <ul className={styles.statements}>
        {items.map((item, i) => {
          const extra = more?.(item);
          return (
            <li key={i}>
              <p>{item.text}</p>
              <div className={styles.facts}>
                {extra && <span className={styles.extra}>{extra}</span>}
                <EvidenceLinks evidence={item.evidence} unverified={item.unverified} />
              </div>
            </li>
          );
        })}
      </ul>
    </Section>
  );
}
