"use client";
import { Popover } from "radix-ui";
import { type CSSProperties, useMemo } from "react";
import { Icon } from "@/features/ui/icon";
import { Notice } from "@/features/ui/notice";
import { en } from "@/strings/en";
import { useMeeting } from "../meeting-context";
import { Timeline } from "../timeline/timeline";
import { useMediaQuery } from "../use-media-query";
import { MetricsExport } from "./metrics-export";
import styles from "./metrics.module.css";
import { boundsOf, entriesOf, type MetricEntry, type MetricRow, readMetrics, reasonOf, scaleOf, show, showBounds } from "./model";

const t = en.metrics;

/** Every metric, with its bounds, for the meeting and for each speaker; or why there is no value. */
export function MetricsPanel() {
  const { analysis } = useMeeting();
  const isWide = useMediaQuery("(width >= 64rem)");
  const metrics = useMemo(() => readMetrics(analysis.metrics), [analysis.metrics]);
  const groups = useMemo(() => (metrics ? entriesOf(metrics) : []), [metrics]);
  if (!metrics || !groups.length) return <Notice title={t.none} text={t.noneText} />;
  return (
    <>
      {!isWide && <Timeline />}
      <div className={styles.top}>
        <p className={styles.small}>{t.intro}</p>
        <MetricsExport metrics={metrics} />
      </div>
      {metrics.warnings.length > 0 && (
        <div className={styles.warnings}>
          <h3>{t.warning}</h3>
          {metrics.warnings.map((warning) => (
            <p key={warning}>{warning}</p>
          ))}
        </div>
      )}
      {groups.map(({ title, entries }, i) => (
        <details key={title} className={styles.group} open={i === 0}>
          <summary>
            <Icon name="next" size={16} />
            {title}
          </summary>
          {entries.map((entry) => (
            <Metric key={entry.key} entry={entry} />
          ))}
        </details>
      ))}
    </>
  );
}

function Metric({ entry }: { entry: MetricEntry }) {
  const { text, rows } = entry;
  const scale = scaleOf(entry);
  // Where nobody has a value, and for one reason, it is said once.
  const reasons = new Set(rows.map(({ measured }) => (boundsOf(measured) ? null : reasonOf(measured))));
  const [reason] = reasons;
  return (
    <section className={styles.metric}>
      <h3>
        {text.title}
        <Definition text={text} />
      </h3>
      {reasons.size === 1 && reason != null ? (
        <p className={styles.insufficient}>
          {t.insufficient}: {reason}
        </p>
      ) : (
        <dl>
          {rows.map((row) => (
            <Row key={row.speaker ?? ""} row={row} unit={text.unit} scale={scale} evidence={text.evidence} />
          ))}
        </dl>
      )}
    </section>
  );
}

function Row({ row: { speaker, measured }, unit, scale, evidence }: { row: MetricRow; unit: string; scale: number; evidence: string }) {
  const { nameOf, colourOf } = useMeeting();
  const bounds = boundsOf(measured);
  const colour = { "--speaker": speaker === null ? "var(--text-2)" : colourOf(speaker) } as CSSProperties;
  const words = bounds && showBounds(bounds, unit);
  return (
    <div className={styles.row} style={colour} title={t.evidence(measured.evidence ?? 0, evidence)}>
      <dt>{speaker === null ? t.whole : nameOf(speaker)}</dt>
      <dd>
        {bounds ? (
          <>
            <ErrorBar {...bounds} scale={scale} />
            <span className={styles.value}>{show(bounds.value, unit)}</span>
            {words && <span className={styles.bounds}>{words}</span>}
          </>
        ) : (
          <span className={styles.insufficient}>
            {t.insufficient}: {reasonOf(measured)}
          </span>
        )}
      </dd>
    </div>
  );
}

/** The value as a bar, its bounds as a line across its end; the words beside it say the same. */
function ErrorBar({ value, low, high, scale }: { value: number; low: number; high: number; scale: number }) {
  const at = (x: number) => `${(100 * Math.max(0, Math.min(1, x / scale))).toFixed(2)}%`;
  return (
    <svg className={styles.bar} aria-hidden="true">
      <rect className={styles.track} width="100%" y="5" height="8" rx="2" />
      <rect className={styles.amount} width={at(value)} y="5" height="8" rx="2" />
      <line className={styles.error} x1={at(low)} x2={at(high)} y1="9" y2="9" />
      <line className={styles.error} x1={at(low)} x2={at(low)} y1="5" y2="13" />
      <line className={styles.error} x1={at(high)} x2={at(high)} y1="5" y2="13" />
    </svg>
  );
}

function Definition({ text }: { text: MetricEntry["text"] }) {
  return (
    <Popover.Root>
      <Popover.Trigger className={styles.info} aria-label={t.about(text.title)}>
        <Icon name="info" size={15} />
      </Popover.Trigger>
      <Popover.Portal>
        <Popover.Content className={styles.popover} sideOffset={6} collisionPadding={12}>
          <p>
            <b>{text.title}.</b> {text.definition}
          </p>
          <p className={styles.small}>{t.least(text.least, text.evidence)}</p>
        </Popover.Content>
      </Popover.Portal>
    </Popover.Root>
  );
}
