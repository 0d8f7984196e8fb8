// Which word is spoken at a moment. Times of all words lie in two flat arrays, so that a step of
// playback costs a binary search and nothing is built anew.
import type { Transcript } from "@/lib/api/client";

export interface WordIndex {
  /** milliseconds, ascending */
  starts: Float64Array;
  ends: Float64Array;
  /** number of each segment's first word; one more at the end: how many words there are */
  firstWord: Uint32Array;
}

export const ms = (seconds: number): number => Math.round(seconds * 1000);

export function indexWords(segments: Transcript["segments"]): WordIndex {
  const firstWord = new Uint32Array(segments.length + 1);
  segments.forEach((s, i) => (firstWord[i + 1] = firstWord[i]! + s.words.length));
  const total = firstWord[segments.length]!;
  const starts = new Float64Array(total);
  const ends = new Float64Array(total);
  let n = 0;
  let latest = 0; // segments may overlap by a little: keep the order that the search needs
  for (const segment of segments)
    for (const word of segment.words) {
      latest = Math.max(latest, ms(word.start));
      starts[n] = latest;
      ends[n++] = Math.max(latest, ms(word.end));
    }
  return { starts, ends, firstWord };
}

/** The last entry of `values` that is not after `at`; -1 when all are. */
export function lastNotAfter(values: ArrayLike<number>, at: number): number {
  let low = 0;
  let high = values.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (values[middle]! <= at) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

/** The word at a moment; in a pause the one before it, for half a second. -1: none. */
export function wordAt(index: WordIndex, timeMs: number): number {
  const found = lastNotAfter(index.starts, timeMs);
  return found >= 0 && timeMs < index.ends[found]! + 500 ? found : -1;
}

/** The segment that a word is in. */
export function segmentOfWord(index: WordIndex, word: number): number {
  return lastNotAfter(index.firstWord, word);
}

/** The segment at a moment or, between two, the one before it; -1 before the first. */
export function segmentAt(segments: Transcript["segments"], timeMs: number): number {
  let low = 0;
  let high = segments.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (ms(segments[middle]!.start) <= timeMs) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}
