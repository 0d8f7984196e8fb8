import { expect, test } from "vitest";
import { alignWords, retime, splitText } from "./edit-text";
import { segment } from "./sample";

const parts = ["We meet in Lublana.", "Is that all right?", "Then see you."];

test("a text that did not change splits into what it was made of", () => {
  expect(splitText(parts, parts.join(" "))).toEqual(parts);
});

test("a word that is corrected stays in its segment, also the first and the last", () => {
  expect(splitText(parts, "We meet in Ljubljana. It that all right? Then see us.")).toEqual([
    "We meet in Ljubljana.",
    "It that all right?",
    "Then see us.",
  ]);
});

test("words that are added belong to the segment that they follow", () => {
  expect(splitText(parts, `${parts[0]} Tomorrow. ${parts[1]} ${parts[2]} Bye!`)).toEqual([
    "We meet in Lublana. Tomorrow.",
    parts[1],
    "Then see you. Bye!",
  ]);
});

test("all words of a segment can go, and the others stay where they were", () => {
  expect(splitText(parts, `${parts[0]} ${parts[2]}`)).toEqual([parts[0], "", parts[2]]);
});

test("an empty text empties all", () => {
  expect(splitText(parts, "  ")).toEqual(["", "", ""]);
});

test("no word is lost or doubled, whatever is written", () => {
  for (const text of ["x", "all that is new here", "Lublana. in meet We", "Then then see Is that you"])
    expect(splitText(parts, text).join(" ").trim().replace(/ +/g, " ")).toBe(text);
});

test("alignment finds a longest common row of words", () => {
  expect(alignWords(["a", "b", "c", "d"], ["x", "b", "y", "d"])).toEqual([-1, 1, -1, 3]);
});

test("more words share the time of those that they stand for, by their length", () => {
  const { words } = retime(segment(0, 10, "S1", "we meet tomorrow"), "we meet on a Monday");
  expect(words.map((w) => w.word)).toEqual(["we", "meet", "on", "a", "Monday"]);
  expect(words.map((w) => w.start)).toEqual([10, 11, 12, 12 + 2 / 9, 12 + 3 / 9]);
  expect(words.at(-1)!.end).toBe(13);
});

test("fewer words cover the time of those that went", () => {
  const { words } = retime(segment(0, 0, "S1", "on the next day we go"), "on Monday we go");
  expect(words.map((w) => [w.start, w.end])).toEqual([[0, 1], [1, 4], [4, 5], [5, 6]]);
});
