"use client";
import { useSearchParams } from "next/navigation";
import { type FormEvent, useEffect, useState } from "react";
import { Button } from "@/features/ui/button";
import { readSession, safeNext, signIn } from "@/lib/auth/local";
import { en } from "@/strings/en";
import styles from "./sign-in.module.css";

/** Asks for the server's key. Whoever is in already, or needs no key, goes on at once. */
export function KeyForm() {
  const next = safeNext(useSearchParams().get("next"));
  const [problem, setProblem] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);

  useEffect(() => {
    void readSession().then((session) => session?.signedIn && window.location.replace(next));
  }, [next]);

  async function send(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    const key = String(new FormData(event.currentTarget).get("key") ?? "").trim();
    if (!/^[\x21-\x7e]+$/.test(key)) return setProblem(key ? en.session.wrong : en.session.empty);
    setBusy(true);
    const status = await signIn(key);
    setBusy(false);
    if (status === null) window.location.replace(next); // anew, so that nothing of before stays
    else setProblem(status === 401 ? en.session.wrong : en.errors.unreachable);
  }

  return (
    <form className={styles.form} onSubmit={(event) => void send(event)}>
      <h1>{en.session.title}</h1>
      <p>{en.session.intro}</p>
      <label>
        {en.session.key}
        <input
          name="key"
          type="password"
          autoComplete="current-password"
          autoFocus
          maxLength={4096}
          aria-invalid={problem !== null}
          aria-describedby={problem ? "key-problem" : undefined}
        />
      </label>
      {problem && (
        <p id="key-problem" role="alert">
          {problem}
        </p>
      )}
      <Button type="submit" variant="primary" disabled={busy}>
        {en.session.go}
      </Button>
    </form>
  );
}
