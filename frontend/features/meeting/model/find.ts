// Finding words in a transcript, as people type them: case and accents do not matter, and a phrase may run on
// into the next segment of the same paragraph.
import type { Segment } from "@/lib/api/client";
import type { Paragraph } from "./turns";

/** Words of the whole transcript: first .. end - 1. */
export interface Match {
  paragraph: number;
  first: number;
  end: number;
}

export const fold = (text: string): string =>
  text
    .normalize("NFD")
    .replace(/\p{Mn}/gu, "")
    .toLowerCase();

const letters = (text: string): string => fold(text).replace(/[^\p{L}\p{N}]+/gu, " ").trim();

export function findMatches(
  segments: readonly Segment[],
  paragraphs: readonly Paragraph[],
  firstWord: ArrayLike<number>,
  query: string,
): Match[] {
  const wanted = letters(query);
  if (!wanted) return [];
  const matches: Match[] = [];
  paragraphs.forEach((paragraph, p) => {
    // The paragraph as one text, and where in it each word begins.
    let text = "";
    const begins: number[] = [];
    for (let s = paragraph.first; s < paragraph.end; s++)
      for (const { word } of segments[s]!.words) {
        const plain = letters(word);
        begins.push(text.length);
        if (plain) text += `${plain} `;
      }
    const base = firstWord[paragraph.first]!;
    for (let at = text.indexOf(wanted); at >= 0; at = text.indexOf(wanted, at + wanted.length)) {
      const first = lastBegin(begins, at);
      matches.push({ paragraph: p, first: base + first, end: base + lastBegin(begins, at + wanted.length - 1) + 1 });
    }
  });
  return matches;
}

/** Words without letters begin where the next one does: the last that begins there is the one with letters. */
function lastBegin(begins: readonly number[], at: number): number {
  let low = 0;
  let high = begins.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (begins[middle]! <= at) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}
