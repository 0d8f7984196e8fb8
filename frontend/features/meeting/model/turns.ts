// What the transcript shows: paragraphs. Consecutive segments of one speaker are one turn; a long turn is
// cut into paragraphs at a segment's end, so that it reads well and draws fast.
import type { Segment } from "@/lib/api/client";

export interface Paragraph {
  /** stays the same while its beginning does */
  key: string;
  speaker: string | null;
  /** segments first .. end - 1 */
  first: number;
  end: number;
  startMs: number;
  endMs: number;
  /** does somebody begin to speak here, or go on? */
  isTurnStart: boolean;
}

const LONG = 420; // characters after which a paragraph ends
const PAUSE = 3000; // ms of silence that ends a paragraph

export function paragraphsOf(segments: readonly Segment[]): Paragraph[] {
  const all: Paragraph[] = [];
  let length = 0;
  segments.forEach((segment, i) => {
    const speaker = segment.speaker ?? null;
    const startMs = Math.round(segment.start * 1000);
    const last = all.at(-1);
    const goesOn = last !== undefined && last.speaker === speaker;
    if (goesOn && length < LONG && startMs - last.endMs < PAUSE) {
      last.end = i + 1;
      last.endMs = Math.round(segment.end * 1000);
      length += segment.text.length;
      return;
    }
    all.push({
      key: `${startMs}-${speaker ?? ""}-${segment.id}`,
      speaker,
      first: i,
      end: i + 1,
      startMs,
      endMs: Math.round(segment.end * 1000),
      isTurnStart: !goesOn,
    });
    length = segment.text.length;
  });
  return all;
}

/** The paragraph that a segment is in. */
export function paragraphOf(paragraphs: readonly Paragraph[], segment: number): number {
  let low = 0;
  let high = paragraphs.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (paragraphs[middle]!.first <= segment) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

/** Where the turn before or behind a moment begins; going back within a turn begins it again. */
export function turnStart(paragraphs: readonly Paragraph[], timeMs: number, step: -1 | 1): number | null {
  const starts = paragraphs.filter((p) => p.isTurnStart).map((p) => p.startMs);
  if (step > 0) return starts.find((s) => s > timeMs + 50) ?? null;
  return starts.findLast((s) => s < timeMs - 1500) ?? starts[0] ?? null;
}

/** The words of a segment, each with what stands before it in the text. Languages without blanks stay so. */
export function piecesOf(segment: Segment): { gap: string; word: string }[] {
  let at = 0;
  return segment.words.map(({ word }, i) => {
    const found = segment.text.indexOf(word, at);
    const gap = found < 0 ? (i ? " " : "") : segment.text.slice(at, found);
    if (found >= 0) at = found + word.length;
    return { gap, word };
  });
}
