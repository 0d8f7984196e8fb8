"use client";
import { useEffect, useState } from "react";
import { useAnnounce } from "@/features/shell/announcer";
import { Icon } from "@/features/ui/icon";
import { copyText } from "@/lib/hand-over";
import { en } from "@/strings/en";
import styles from "./minutes.module.css";

/** Copies what `text` gives, and says so. */
export function CopyButton({ label, text }: { label: string; text: () => string }) {
  const [isCopied, setCopied] = useState(false);
  const announce = useAnnounce();
  useEffect(() => {
    if (!isCopied) return;
    const timer = setTimeout(() => setCopied(false), 1500);
    return () => clearTimeout(timer);
  }, [isCopied]);
  const copy = async () => {
    const done = await copyText(text());
    setCopied(done);
    announce(done ? en.minutes.copied : en.minutes.notCopied);
  };
  return (
    <button type="button" className={styles.tool} aria-label={label} title={label} onClick={() => void copy()}>
      <Icon name={isCopied ? "check" : "copy"} size={15} />
    </button>
  );
}
