// All metrics as one picture: who spoke when above, then every metric with its bounds, in two columns.
import type { Metrics } from "@/lib/api/client";
import { clock } from "@/lib/format";
import { en } from "@/strings/en";
import { barsPath, type Talk, ticksOf } from "../timeline/lanes";
import { boundsOf, entriesOf, type MetricEntry, reasonOf, scaleOf, show, showBounds } from "./model";

const t = en.metrics;
const WIDTH = 1120;
const EDGE = 40;
const GAP = 48;
const COLUMN = (WIDTH - 2 * EDGE - GAP) / 2;
const NAME = 120;
const WORDS = 200; // room for the value and its bounds
const ROW = 20;
const LANE = 18;

export interface Picture {
  title: string;
  note: string;
  metrics: Metrics;
  talks: readonly Talk[];
  nameOf: (label: string | null) => string;
  colourOf: (label: string | null) => string;
}

const XML: Record<string, string> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&apos;" };
export const escapeXml = (text: string): string => text.replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f]/g, "").replace(/[&<>"']/g, (c) => XML[c]!);

const short = (text: string, length: number): string => (text.length > length ? `${text.slice(0, length - 1)}…` : text);

interface TextStyle {
  size?: number;
  weight?: number;
  fill?: string;
  anchor?: "start" | "end";
}

const write = (x: number, y: number, text: string, { size = 12, weight = 400, fill = "#1d1f1e", anchor = "start" }: TextStyle = {}): string =>
  `<text x="${x}" y="${y}" font-size="${size}" font-weight="${weight}" fill="${fill}" text-anchor="${anchor}">${escapeXml(text)}</text>`;

const QUIET = "#55574f";

export function metricsSvg(picture: Picture): string {
  const { title, note, metrics, talks } = picture;
  const parts = [write(EDGE, 58, short(title, 70), { size: 24, weight: 650 }), write(EDGE, 82, note, { fill: QUIET })];
  let top = 112;
  if (talks.length) {
    parts.push(timeline(picture, top));
    top += talks.length * LANE + 56;
  }
  const columns = [top, top];
  for (const entry of entriesOf(metrics).flatMap(({ entries }) => entries)) {
    const at = columns[0]! <= columns[1]! ? 0 : 1;
    parts.push(metric(picture, entry, EDGE + at * (COLUMN + GAP), columns[at]!));
    columns[at]! += 26 + entry.rows.length * ROW + 16;
  }
  const height = Math.max(...columns) + EDGE / 2;
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${height}" viewBox="0 0 ${WIDTH} ${height}" font-family="system-ui, sans-serif"><rect width="100%" height="100%" fill="#fff"/>${parts.join("")}</svg>`;
}

function timeline({ talks, metrics, nameOf, colourOf }: Picture, top: number): string {
  const left = EDGE + NAME;
  const scale = (WIDTH - EDGE - left) / Math.max(1, metrics.duration);
  const lanes = talks.map(({ speaker, stretches }, i) => {
    const y = top + i * LANE;
    return (
      write(EDGE, y + 12, short(nameOf(speaker), 17), { weight: 600, fill: colourOf(speaker) }) +
      `<path transform="translate(${left} 0)" d="${barsPath(stretches, scale, y + 2, LANE - 5)}" fill="${colourOf(speaker)}"/>`
    );
  });
  const foot = top + talks.length * LANE + 16;
  const ticks = ticksOf(metrics.duration, scale, 80).map((s) => write(left + s * scale, foot, clock(s * 1000), { size: 10, fill: QUIET }));
  return [...lanes, ...ticks].join("");
}

function metric({ nameOf, colourOf }: Picture, entry: MetricEntry, left: number, top: number): string {
  const { text, rows } = entry;
  const scale = scaleOf(entry);
  const bar = left + NAME;
  const width = COLUMN - NAME - WORDS;
  const at = (value: number) => Number((bar + width * Math.max(0, Math.min(1, value / scale))).toFixed(1));
  const lines = rows.map(({ speaker, measured }, i) => {
    const y = top + 26 + i * ROW;
    const colour = speaker === null ? QUIET : colourOf(speaker);
    const name = write(left, y + 4, short(speaker === null ? t.whole : nameOf(speaker), 17), { fill: colour });
    const bounds = boundsOf(measured);
    if (!bounds) return name + write(bar, y + 4, `${t.insufficient}: ${reasonOf(measured)}`, { fill: QUIET, size: 11 });
    const words = showBounds(bounds, text.unit);
    const [low, high] = [at(bounds.low), at(bounds.high)];
    return (
      name +
      `<rect x="${bar}" y="${y - 4}" width="${width}" height="8" rx="2" fill="#e9e6e0"/>` +
      `<rect x="${bar}" y="${y - 4}" width="${(at(bounds.value) - bar).toFixed(1)}" height="8" rx="2" fill="${colour}" fill-opacity="0.55"/>` +
      `<path d="M${low} ${y - 4}v8M${low} ${y}H${high}M${high} ${y - 4}v8" stroke="#1d1f1e" stroke-width="1.2" fill="none"/>` +
      write(bar + width + 12, y + 4, show(bounds.value, text.unit), { weight: 600 }) +
      (words ? write(left + COLUMN, y + 4, words, { size: 10, fill: QUIET, anchor: "end" }) : "")
    );
  });
  return write(left, top + 6, text.title, { size: 13, weight: 650 }) + lines.join("");
}
