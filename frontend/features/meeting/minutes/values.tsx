"use client";
import type { Value, ValueScore } from "@/lib/api/client";
import { en } from "@/strings/en";
import { useMeeting } from "../meeting-context";
import { EvidenceLinks } from "./evidence";
import styles from "./minutes.module.css";

const t = en.minutes.values_;
const number = new Intl.NumberFormat("en", { maximumFractionDigits: 2, signDisplay: "exceptZero" });

/** How what was said is in line with the company's values, for all and for each; or that nothing can be said. */
export function Values({ values }: { values: readonly Value[] }) {
  const { nameOf } = useMeeting();
  return (
    <>
      <p className={styles.small}>{t.note}</p>
      <ul className={styles.values}>
        {values.map((value) => (
          <li key={value.name}>
            <h4>{value.name}</h4>
            <dl>
              <Score who={t.overall} score={value.overall} />
              {value.speakers.map((speaker) => (
                <Score key={speaker.speaker} who={nameOf(speaker.speaker)} score={speaker} />
              ))}
            </dl>
          </li>
        ))}
      </ul>
    </>
  );
}

function Score({ who, score: { score, confidence, evidence } }: { who: string; score: ValueScore }) {
  const isKnown = typeof score === "number";
  return (
    <div className={styles.score}>
      <dt>{who}</dt>
      <dd>
        {isKnown ? (
          <>
            <Scale score={score} />
            <b>{number.format(score)}</b>
            {confidence !== undefined && <span className={styles.small}>{t.sure(Math.round(confidence * 100))}</span>}
            <EvidenceLinks evidence={evidence} />
          </>
        ) : (
          <span className={styles.small}>{t.insufficient}</span>
        )}
      </dd>
    </div>
  );
}

/** -1 .. 1, from the middle */
function Scale({ score }: { score: number }) {
  const end = 50 + 50 * Math.max(-1, Math.min(1, score));
  return (
    <svg className={styles.scale} viewBox="0 0 100 8" preserveAspectRatio="none" aria-hidden="true">
      <rect width="100" height="8" rx="2" />
      <rect x={Math.min(50, end)} width={Math.max(1, Math.abs(end - 50))} height="8" data-negative={score < 0 || undefined} />
    </svg>
  );
}
