// A person edits a paragraph as one text; the API corrects segments. Words that stayed say where each
// segment's part of the new text begins and ends.
import type { Segment, Word } from "@/lib/api/client";

export const wordsOf = (text: string): string[] => text.split(/\s+/).filter(Boolean);

/** For each word of `b` the word of `a` that it is, or -1: a longest common subsequence. */
export function alignWords(a: readonly string[], b: readonly string[]): number[] {
  let front = 0;
  while (front < a.length && front < b.length && a[front] === b[front]) front++;
  let back = 0;
  while (back < a.length - front && back < b.length - front && a.at(-1 - back) === b.at(-1 - back)) back++;
  const rows = a.length - front - back;
  const columns = b.length - front - back;
  const longest = Array.from({ length: rows + 1 }, () => new Uint16Array(columns + 1));
  for (let i = rows - 1; i >= 0; i--)
    for (let j = columns - 1; j >= 0; j--)
      longest[i]![j] =
        a[front + i] === b[front + j]
          ? longest[i + 1]![j + 1]! + 1
          : Math.max(longest[i + 1]![j]!, longest[i]![j + 1]!);
  const match = b.map((_, j) => (j < front ? j : j >= b.length - back ? a.length - (b.length - j) : -1));
  for (let i = 0, j = 0; i < rows && j < columns; ) {
    if (a[front + i] === b[front + j]) match[front + j++] = front + i++;
    else if (longest[i + 1]![j]! >= longest[i]![j + 1]!) i++;
    else j++;
  }
  return match;
}

/** The new text of each segment. New words belong to the segment whose words they replace or follow. */
export function splitText(before: readonly string[], after: string): string[] {
  const old = before.map(wordsOf);
  const owner = old.flatMap((words, segment) => words.map(() => segment));
  const tokens = wordsOf(after);
  const match = alignWords(old.flat(), tokens);
  const parts: string[][] = before.map(() => []);
  let at = 0; // words of the old text up to here are behind us
  tokens.forEach((token, j) => {
    const same = match[j]!;
    if (same >= 0) at = same + 1;
    // A word in place of one that is gone belongs where that one was.
    const next = match.slice(j).find((m) => m >= 0) ?? owner.length;
    const stands = same >= 0 ? same : at < next ? at++ : at - 1;
    const segment = owner[Math.max(0, Math.min(stands, owner.length - 1))] ?? 0;
    parts[segment]!.push(token);
  });
  return parts.map((p) => p.join(" "));
}

/** Words `first .. end - 1` share a stretch of time by their length. */
function shareTime(words: Word[], first: number, end: number, from: number, to: number): void {
  const total = words.slice(first, end).reduce((sum, w) => sum + w.word.length, 0);
  let done = 0;
  for (let i = first; i < end; i++) {
    const word = words[i]!;
    const start = from + ((to - from) * done) / total;
    done += word.word.length;
    words[i] = { ...word, start, end: from + ((to - from) * done) / total };
  }
}

/** A segment with another text, as the server will make it: words that stay keep their times. */
export function retime(segment: Segment, text: string): Segment {
  const tokens = wordsOf(text);
  const old = segment.words;
  if (!old.length) return { ...segment, text };
  const least = Math.min(old.length, tokens.length);
  let front = 0;
  while (front < least && old[front]!.word === tokens[front]) front++;
  let back = 0;
  while (back < least - front && old.at(-1 - back)!.word === tokens.at(-1 - back)) back++;
  const end = tokens.length - back;
  const oldEnd = old.length - back;
  const isOneForOne = end - front === oldEnd - front;
  const words = tokens.map((word, i): Word => {
    if (i < front || i >= end) return old[i < end ? i : old.length - (tokens.length - i)]!;
    const from = isOneForOne ? old[i]! : { ...old[0]!, start: segment.start, end: segment.end };
    return { ...from, word, confidence: 1 };
  });
  if (front < end && !isOneForOne) {
    const from = Math.max(front < oldEnd ? old[front]!.start : segment.start, front ? old[front - 1]!.end : 0);
    const to = Math.min(front < oldEnd ? old[oldEnd - 1]!.end : segment.end, back ? old[oldEnd]!.start : Infinity);
    shareTime(words, front, end, Math.min(from, to), Math.max(from, to));
  }
  return { ...segment, text, words };
}
