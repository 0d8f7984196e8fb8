"use client";
import { type FormEvent, useState } from "react";
import { Button } from "@/features/ui/button";
import { ApiError, createJob, type JobOptions } from "@/lib/api/client";
import { uuid } from "@/lib/uuid";
import { en } from "@/strings/en";
import styles from "./start.module.css";

export interface LinkFormProps {
  title: string | null;
  options: JobOptions;
  onJob: (jobId: string) => void;
  onClose: () => void;
}

/** A recording that has an address: the server fetches it. */
export function LinkForm({ title, options, onJob, onClose }: LinkFormProps) {
  const [link, setLink] = useState("");
  const [problem, setProblem] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const [jobId] = useState(uuid); // sending twice makes one job

  async function send(event: FormEvent) {
    event.preventDefault();
    const url = webAddress(link);
    if (!url) return setProblem(en.start.linkBad);
    setBusy(true);
    setProblem(null);
    try {
      const made = await createJob({ jobId, fileUrl: url, ...(title && { title }), options });
      onJob(made.jobId);
      onClose();
    } catch (e) {
      if (!(e instanceof ApiError)) throw e;
      setProblem(e.message.replace(/^fileUrl: /, "")); // there is only one field here
    } finally {
      setBusy(false);
    }
  }

  return (
    <form className={styles.link} onSubmit={(event) => void send(event)} noValidate>
      <label htmlFor="link">{en.start.linkLabel}</label>
      <div>
        <input
          id="link"
          type="url"
          inputMode="url"
          autoFocus
          maxLength={4096}
          value={link}
          placeholder={en.start.linkPlaceholder}
          aria-invalid={problem !== null}
          aria-describedby={problem ? "link-problem" : undefined}
          onChange={(e) => setLink(e.target.value)}
        />
        <Button type="submit" variant="primary" disabled={busy}>
          {en.start.linkGo}
        </Button>
        <Button onClick={onClose}>{en.common.cancel}</Button>
      </div>
      {problem && (
        <p id="link-problem" role="alert">
          {problem}
        </p>
      )}
    </form>
  );
}

/** As the server takes it, or null. */
export function webAddress(text: string): string | null {
  try {
    const url = new URL(text.trim());
    return url.protocol === "https:" || url.protocol === "http:" ? url.href : null;
  } catch {
    return null;
  }
}
