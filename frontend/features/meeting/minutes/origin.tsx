"use client";
import type { Minutes } from "@/lib/api/client";
import { en } from "@/strings/en";
import styles from "./minutes.module.css";

const t = en.minutes.by;

/** Who wrote the minutes, how much of them was verified, what went wrong on the way. */
export function Origin({ minutes }: { minutes: Minutes }) {
  const { provider = "builtin", model = "", audit, usage } = minutes;
  const called = en.minutes.providers[provider] ?? provider;
  const tokens = (usage?.input_tokens ?? 0) + (usage?.output_tokens ?? 0);
  const facts = [
    provider === "builtin" ? t.builtin : t.model(called, model),
    audit?.items ? t.verified(audit.verified ?? 0, audit.items) : null,
    audit?.dropped ? t.dropped(audit.dropped) : null,
    tokens ? t.tokens(tokens) : null,
    typeof usage?.cost_usd === "number" ? t.cost(usage.cost_usd) : null,
  ].filter((fact) => fact !== null);
  const notes = audit?.notes ?? [];
  // Notes tell of failures too; without any, the failures speak for themselves.
  const failures = notes.length ? [] : (audit?.failures ?? []).map((f) => t.failed(en.minutes.providers[f.provider] ?? f.provider, f.message));
  return (
    <footer className={styles.origin} aria-label={t.title}>
      <p>{facts.join(" · ")}</p>
      {[...notes, ...failures].map((note, i) => (
        <p key={i}>{note}</p>
      ))}
    </footer>
  );
}
