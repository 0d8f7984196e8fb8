// Metrics as they are shown: in groups, with numbers as people read them. Pure functions.
import type { Measured, Metrics } from "@/lib/api/client";
import { metricsSchema } from "@/lib/api/metrics-schemas";
import { csv } from "@/lib/csv";
import { clock } from "@/lib/format";
import { metricGroups, type MetricText, metricTexts } from "@/strings/metric-texts";
import { en } from "@/strings/en";

const t = en.metrics;

export function readMetrics(value: object | null): Metrics | null {
  const parsed = metricsSchema.safeParse(value);
  return parsed.success ? parsed.data : null;
}

export interface MetricRow {
  /** a speaker's label; null: the meeting */
  speaker: string | null;
  measured: Measured;
}

export interface MetricEntry {
  key: string;
  text: Omit<MetricText, "unit"> & { unit: string };
  rows: MetricRow[];
}

/** All that was measured, in the order of docs/METRICS.md; metrics that this page does not know come last. */
export function entriesOf(metrics: Metrics): { title: string; entries: MetricEntry[] }[] {
  const entry = (key: string): MetricEntry | null => {
    const own = metrics.definitions[key];
    const text = metricTexts[key] ?? (own && { ...own, least: 1 });
    const rows: MetricRow[] = [
      ...(metrics.meeting[key] ? [{ speaker: null, measured: metrics.meeting[key] }] : []),
      ...metrics.speakers.flatMap(({ id, metrics: all }) => (all[key] ? [{ speaker: id, measured: all[key] }] : [])),
    ];
    return text && rows.length ? { key, text, rows } : null;
  };
  const entries = (keys: readonly string[]) => keys.map(entry).filter((e): e is MetricEntry => e !== null);
  const known = new Set(metricGroups.flatMap(({ keys }) => keys));
  const others = Object.keys(metrics.definitions).filter((key) => !known.has(key));
  return [...metricGroups, { title: t.others, keys: others }]
    .map(({ title, keys }) => ({ title, entries: entries(keys) }))
    .filter((group) => group.entries.length > 0);
}

/** The bounds where there is a value, else null: then there is a reason. */
export const boundsOf = (measured: Measured) => ("value" in measured ? measured : null);

export function reasonOf(measured: Measured): string {
  const code = "insufficient_evidence" in measured ? String(measured.insufficient_evidence) : "";
  return t.why[code] ?? code;
}

function digits(value: number): string {
  const places = Math.abs(value) >= 100 || Number.isInteger(value) ? 0 : Math.abs(value) >= 10 ? 1 : 2;
  return value.toLocaleString("en", { maximumFractionDigits: places });
}

/** A value in its unit: "34 %", "4:32", "2.1 s", "11 a minute" */
export function show(value: number, unit: string): string {
  switch (unit) {
    case "s":
      return value >= 60 ? clock(value * 1000) : t.seconds(digits(Math.round(value * 10) / 10));
    case "share": {
      const percent = value * 100;
      return t.units.share(percent.toLocaleString("en", { maximumFractionDigits: percent < 10 ? 1 : 0 }));
    }
    case "ratio":
      return t.units.ratio(digits(value));
    case "count":
      return digits(value);
    case "/min":
    case "/hour":
      return t.units[unit](digits(Math.round(value * 10) / 10));
    case "words/min":
      return t.units[unit](digits(Math.round(value)));
    default:
      return `${digits(value)} ${unit}`;
  }
}

/** "33 to 35 %", "185 to 188"; null where the bounds are, as they are written, the value itself. */
export function showBounds({ value, low, high }: { value: number; low: number; high: number }, unit: string): string | null {
  const [a, b] = [show(low, unit), show(high, unit)];
  if (a === b && a === show(value, unit)) return null;
  // The unit is beside the value already; where both ends have it, it is said at most once more.
  const [, number, rest] = /^([\d.,]+)( .*)$/.exec(a) ?? [];
  if (number === undefined || !b.endsWith(rest!)) return t.bounds(a, b);
  const isShort = rest === " %" || rest === " s";
  return t.bounds(number, isShort ? b : b.slice(0, b.length - rest!.length));
}

/** The end of the scale on which all rows of a metric are drawn; more than 0. */
export function scaleOf({ rows, text }: MetricEntry): number {
  const highest = Math.max(0, ...rows.map(({ measured }) => boundsOf(measured)?.high ?? 0));
  if (text.unit === "share" && highest > 0.5) return 1;
  return highest || 1;
}

export function metricsCsv(metrics: Metrics, nameOf: (label: string | null) => string): string {
  return csv([
    [...t.columns],
    ...entriesOf(metrics).flatMap(({ entries }) =>
      entries.flatMap(({ key, text, rows }) =>
        rows.map(({ speaker, measured }) => {
          const bounds = boundsOf(measured);
          return [
            text.title,
            key,
            speaker === null ? t.whole : nameOf(speaker),
            bounds?.value ?? "",
            bounds?.low ?? "",
            bounds?.high ?? "",
            text.unit,
            measured.evidence ?? "",
            text.evidence,
            bounds ? "" : reasonOf(measured),
          ];
        }),
      ),
    ),
  ]);
}
