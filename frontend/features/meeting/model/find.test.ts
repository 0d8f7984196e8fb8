import { expect, test } from "vitest";
import { findMatches } from "./find";
import { sample, segment } from "./sample";
import { paragraphsOf } from "./turns";
import { indexWords } from "./word-index";

function find(query: string, segments = sample().transcript!.segments) {
  return findMatches(segments, paragraphsOf(segments), indexWords(segments).firstWord, query);
}

test("words are found whatever their case, accents and punctuation", () => {
  expect(find("lublana")).toEqual([{ paragraph: 0, first: 3, end: 4 }]);
  expect(find("cafe", [segment(0, 0, "S1", "The Café, please.")])).toEqual([{ paragraph: 0, first: 1, end: 2 }]);
});

test("a phrase is found, also from one segment into the next", () => {
  expect(find("in Lublana is that")).toEqual([{ paragraph: 0, first: 2, end: 6 }]);
});

test("parts of words are found while one types", () => {
  expect(find("mon")).toEqual([{ paragraph: 1, first: 10, end: 11 }]);
});

test("each place is found once, in order", () => {
  expect(find("e").map((m) => m.first)).toEqual([0, 1, 1, 8, 11]);
});

test("signs without letters find nothing", () => {
  expect(find(" ")).toEqual([]);
  expect(find("?")).toEqual([]);
});

test("words without letters do not shift the numbers", () => {
  expect(find("go", [segment(0, 0, "S1", "- well - go")])).toEqual([{ paragraph: 0, first: 3, end: 4 }]);
});
