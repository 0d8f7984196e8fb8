import { expect, test } from "vitest";
import { sample, segment } from "./sample";
import { indexWords, segmentAt, segmentOfWord, wordAt } from "./word-index";

const segments = sample().transcript!.segments;
const index = indexWords(segments);

test("the word at a moment is found at its first millisecond and until its end", () => {
  expect([0, 999, 1000, 3999, 4000].map((t) => wordAt(index, t))).toEqual([0, 0, 1, 3, 4]);
});

test("nothing is said before the first word and long after the last", () => {
  const late = indexWords([segment(0, 5, "S1", "Hello.")]);
  expect(wordAt(late, 4999)).toBe(-1);
  expect(wordAt(late, 6499)).toBe(0); // it stays lit for half a second
  expect(wordAt(late, 6500)).toBe(-1);
});

test("each word is found at its own start, in 30,000 words", () => {
  const many = Array.from({ length: 3000 }, (_, i) => segment(i, i * 10, "S1", "a b c d e f g h i j"));
  const all = indexWords(many);
  expect(all.starts).toHaveLength(30_000);
  for (let i = 0; i < 30_000; i += 7) expect(wordAt(all, i * 1000)).toBe(i);
});

test("the segment of a word is found, past segments without words", () => {
  const silent = { ...segment(1, 4, "S1", "x"), words: [] };
  const some = indexWords([segments[0]!, silent, segments[2]!]);
  expect([0, 3, 4, 6].map((w) => segmentOfWord(some, w))).toEqual([0, 0, 2, 2]);
});

test("the segment at a moment is the one that began last", () => {
  expect([-1, 0, 4000, 10_999, 60_000].map((t) => segmentAt(segments, t))).toEqual([-1, 0, 1, 2, 3]);
});

test("segments that overlap keep the order that the search needs", () => {
  const overlapping = indexWords([segment(0, 0, "S1", "a b c"), segment(1, 1.5, "S2", "d e")]);
  expect([...overlapping.starts]).toEqual([0, 1000, 2000, 2000, 2500]);
});

test("no words, no word", () => {
  expect(wordAt(indexWords([]), 1000)).toBe(-1);
});
