"use client";
import { useId, useState } from "react";
import { Button } from "@/features/ui/button";
import { FileButton } from "@/features/ui/file-button";
import { Icon } from "@/features/ui/icon";
import card from "@/features/ui/card.module.css";
import { bytes } from "@/lib/format";
import { en } from "@/strings/en";
import type { UploadItem } from "./upload-store";
import { uploads } from "./use-uploads";

/** One upload: how far it is, what to do about it. */
export function UploadCard({ item }: { item: UploadItem }) {
  const [otherFile, setOtherFile] = useState(false);
  const heading = useId();
  const { id, state } = item;
  const part = item.size > 0 ? item.sent / item.size : 0;

  return (
    <article className={card.card} aria-labelledby={heading}>
      <header className={card.head}>
        <h2 id={heading}>{item.title ?? item.name}</h2>
        {(state === "uploading" || state === "waiting" || state === "queued") && (
          <Button size="small" variant="quiet" onClick={() => uploads.pause(id)}>
            <Icon name="pause" size={16} /> {en.uploads.pause}
          </Button>
        )}
        {state === "paused" && (
          <Button size="small" onClick={() => uploads.resume(id)}>
            <Icon name="play" size={16} /> {en.uploads.resume}
          </Button>
        )}
        {state !== "starting" && (
          <button
            type="button"
            className={card.icon}
            aria-label={en.uploads.removeNamed(item.name)}
            onClick={() => uploads.remove(id)}
          >
            <Icon name="close" />
          </button>
        )}
      </header>
      {state !== "needs-file" && (
        <div
          className={card.bar}
          role="progressbar"
          aria-label={en.uploads.progress(item.name)}
          aria-valuemin={0}
          aria-valuemax={100}
          aria-valuenow={Math.floor(part * 100)}
        >
          <span style={{ transform: `scaleX(${part})` }} />
        </div>
      )}
      <p className={state === "failed" ? card.problem : card.text} role={state === "failed" ? "alert" : undefined}>
        {explain(item)}
      </p>
      {state === "needs-file" && (
        <div className={card.actions}>
          <FileButton
            multiple={false}
            onFiles={([file]) => file && setOtherFile(!uploads.giveFile(id, file))}
          >
            <Icon name="upload" /> {en.uploads.chooseAgain}
          </FileButton>
          {otherFile && (
            <p className={card.problem} role="alert">
              {en.uploads.otherFile(item.name)}
            </p>
          )}
        </div>
      )}
      {state === "failed" && (
        <div className={card.actions}>
          <Button onClick={() => uploads.resume(id)}>
            <Icon name="retry" /> {en.errors.retry}
          </Button>
        </div>
      )}
    </article>
  );
}

function explain({ state, sent, size, error }: UploadItem): string {
  switch (state) {
    case "queued":
      return en.uploads.queued;
    case "uploading":
      return en.uploads.uploading(bytes(sent), bytes(size));
    case "waiting":
      return en.uploads.waiting;
    case "paused":
      return en.uploads.paused(bytes(sent), bytes(size));
    case "needs-file":
      return error?.message ?? (sent > 0 ? en.uploads.needsFile(bytes(sent)) : en.uploads.needsFileNone);
    case "starting":
      return en.uploads.starting;
    case "failed":
      return error?.message ?? en.errors.title;
  }
}
