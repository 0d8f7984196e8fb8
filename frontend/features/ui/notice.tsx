import type { ReactNode } from "react";
import styles from "./notice.module.css";

export interface NoticeProps {
  title: string;
  text?: string | undefined;
  /** a picture above the title, for empty states */
  picture?: ReactNode;
  tone?: "calm" | "danger";
  role?: "alert" | "status";
  /** what one can do now */
  children?: ReactNode;
}

/** A page, or a part of one, that has nothing to show but a sentence: empty, not found, failed. */
export function Notice({ title, text, picture, tone = "calm", role, children }: NoticeProps) {
  return (
    <div className={styles.notice} data-tone={tone} role={role}>
      {picture}
      <h2>{title}</h2>
      {text && <p>{text}</p>}
      {children && <div className={styles.actions}>{children}</div>}
    </div>
  );
}
