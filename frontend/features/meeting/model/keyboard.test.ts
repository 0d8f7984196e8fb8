import { describe, expect, test } from "vitest";
import { commandOf, isTaken, shortcuts } from "./keyboard";

const press = (key: string, held: Partial<Record<"ctrlKey" | "metaKey" | "altKey" | "shiftKey", boolean>> = {}) =>
  commandOf({ key, ctrlKey: false, metaKey: false, altKey: false, shiftKey: false, ...held });

test("keys do what the list says", () => {
  expect(press(" ")).toBe("toggle");
  expect(press("k")).toBe("toggle");
  expect(press("ArrowLeft")).toBe("back");
  expect(press("ArrowRight", { shiftKey: true })).toBe("next-turn");
  expect(press("?", { shiftKey: true })).toBe("help");
  expect(press("z", { ctrlKey: true })).toBe("undo");
  expect(press("Z", { metaKey: true, shiftKey: true })).toBe("redo");
});

test("keys with Alt, and those of the browser, are left alone", () => {
  expect(press("ArrowLeft", { altKey: true })).toBeNull();
  expect(press("l", { ctrlKey: true })).toBeNull();
  expect(press("Tab")).toBeNull();
});

test("capital letters that Caps Lock makes work too", () => {
  expect(press("J")).toBe("back-more");
});

test("no key means two things", () => {
  const keys = shortcuts.flatMap((s) => s.keys);
  expect(new Set(keys).size).toBe(keys.length);
});

describe("who a key belongs to", () => {
  const inside = (html: string): Element => {
    document.body.innerHTML = html;
    return document.body.querySelector("[id=x]")!;
  };

  test("fields take every key", () => {
    expect(isTaken(inside('<textarea id="x"></textarea>'), "back-more")).toBe(true);
    expect(isTaken(inside('<input id="x">'), "undo")).toBe(true);
  });

  test("Space presses the button that has the focus; other keys still play", () => {
    expect(isTaken(inside('<button id="x"></button>'), "toggle")).toBe(true);
    expect(isTaken(inside('<button id="x"></button>'), "back-more")).toBe(false);
  });

  test("arrows move sliders and tabs", () => {
    expect(isTaken(inside('<input type="range" id="x">'), "back")).toBe(true);
    expect(isTaken(inside('<div role="tab" id="x"></div>'), "forward")).toBe(true);
  });

  test("the transcript itself leaves keys to the page", () => {
    expect(isTaken(inside('<article id="x"></article>'), "toggle")).toBe(false);
  });
});
