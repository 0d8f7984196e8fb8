// Who spoke when, ready to be drawn. Pure functions; times are seconds.
import type { Transcript } from "@/lib/api/client";

export interface Stretch {
  start: number;
  end: number;
}

export interface Talk {
  speaker: string;
  /** all stretches of speech, those that overlap counted for each */
  seconds: number;
  /** of the speech of all; 0..1 */
  share: number;
  stretches: Stretch[];
  longest: Stretch;
}

/** Each speaker who speaks, in the order of the transcript's list. */
export function talkOf(transcript: Transcript | null): Talk[] {
  const stretches = new Map<string, Stretch[]>();
  for (const { speaker, start, end } of transcript?.turns ?? []) {
    const own = stretches.get(speaker);
    if (own) own.push({ start, end });
    else stretches.set(speaker, [{ start, end }]);
  }
  const order = new Map(transcript?.speakers?.map(({ id }, i) => [id, i]));
  const all = [...stretches].map(([speaker, own]) => ({
    speaker,
    stretches: own,
    seconds: own.reduce((sum, s) => sum + s.end - s.start, 0),
    longest: own.reduce((best, s) => (s.end - s.start > best.end - best.start ? s : best)),
  }));
  const total = all.reduce((sum, { seconds }) => sum + seconds, 0) || 1;
  return all
    .map((talk) => ({ ...talk, share: talk.seconds / total }))
    .sort((a, b) => (order.get(a.speaker) ?? Infinity) - (order.get(b.speaker) ?? Infinity));
}

/** Where two or more speak at once. */
export function overlapsOf(talks: readonly Talk[]): Stretch[] {
  const edges = talks.flatMap(({ stretches }) =>
    stretches.flatMap(({ start, end }): [number, number][] => (end > start ? [[start, 1], [end, -1]] : [])),
  );
  edges.sort((a, b) => a[0] - b[0] || a[1] - b[1]); // ends first: who only touches does not overlap
  const found: Stretch[] = [];
  let voices = 0;
  let since = 0;
  for (const [time, step] of edges) {
    const before = voices;
    voices += step;
    if (before < 2 && voices >= 2) since = time;
    if (before >= 2 && voices < 2 && time > since) found.push({ start: since, end: time });
  }
  return found;
}

/**
 * One SVG path of bars for stretches, in order of their start. What lies closer than `gap` pixels is drawn as one, and
 * nothing is thinner than a pixel and a half, so that hours of meeting are a short path and no word is lost.
 */
export function barsPath(stretches: readonly Stretch[], pixelsPerSecond: number, y: number, height: number, gap = 1): string {
  const bars: [number, number][] = [];
  for (const { start, end } of stretches) {
    const left = start * pixelsPerSecond;
    const right = Math.max(end * pixelsPerSecond, left + 1.5);
    const last = bars.at(-1);
    if (last && left - last[1] < gap) last[1] = Math.max(last[1], right);
    else bars.push([left, right]);
  }
  const n = (x: number) => Number(x.toFixed(1));
  return bars.map(([a, b]) => `M${n(a)} ${y}H${n(b)}V${y + height}H${n(a)}Z`).join("");
}

const STEPS = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600];

/** Times for the axis, at least `apart` pixels from each other. */
export function ticksOf(duration: number, pixelsPerSecond: number, apart = 72): number[] {
  const step = STEPS.find((s) => s * pixelsPerSecond >= apart) ?? 7200;
  return Array.from({ length: Math.floor(duration / step) + 1 }, (_, i) => i * step);
}
