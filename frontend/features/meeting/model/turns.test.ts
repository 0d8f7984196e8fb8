import { expect, test } from "vitest";
import { sample, segment } from "./sample";
import { paragraphOf, paragraphsOf, piecesOf, turnStart } from "./turns";

const paragraphs = paragraphsOf(sample().transcript!.segments);

test("segments of one speaker are one paragraph", () => {
  expect(paragraphs.map((p) => [p.first, p.end, p.speaker])).toEqual([[0, 2, "S1"], [2, 3, "S2"], [3, 4, "S1"]]);
});

test("a long turn is cut into paragraphs; only its first is a turn's start", () => {
  const long = Array.from({ length: 30 }, (_, i) => segment(i, i * 4, "S1", "lorem ipsum dolor sit"));
  const parts = paragraphsOf(long);
  expect(parts.length).toBeGreaterThan(1);
  expect(parts.map((p) => p.isTurnStart)).toEqual([true, ...parts.slice(1).map(() => false)]);
  expect(parts.at(-1)!.end).toBe(30);
});

test("a long silence ends a paragraph", () => {
  expect(paragraphsOf([segment(0, 0, "S1", "Well."), segment(1, 10, "S1", "Yes.")])).toHaveLength(2);
});

test("the paragraph of a segment is found", () => {
  expect([0, 1, 2, 3].map((s) => paragraphOf(paragraphs, s))).toEqual([0, 0, 1, 2]);
});

test("going to turns: forward to the next, back to the beginning, then to the one before", () => {
  expect(turnStart(paragraphs, 0, 1)).toBe(8000);
  expect(turnStart(paragraphs, 10_500, -1)).toBe(8000);
  expect(turnStart(paragraphs, 8000, -1)).toBe(0);
  expect(turnStart(paragraphs, 11_000, 1)).toBeNull();
});

test("what stands between words stays: languages without blanks have none", () => {
  const chinese = { ...segment(0, 0, "S1", "你 好"), text: "你好。" };
  expect(piecesOf(chinese)).toEqual([{ gap: "", word: "你" }, { gap: "", word: "好" }]);
  expect(piecesOf(segment(0, 0, "S1", "Good day"))).toEqual([{ gap: "", word: "Good" }, { gap: " ", word: "day" }]);
});
