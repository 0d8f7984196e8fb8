import { expect, test } from "vitest";
import { ago, bytes, clock, spell } from "./format";

test("clock shows hours only when there are some", () => {
  expect([0, 59_499, 754_000, 3_754_000].map(clock)).toEqual(["0:00", "0:59", "12:34", "1:02:34"]);
});

test("spell rounds to what one would say", () => {
  expect([200, 1000, 59_000, 90_000, 3_600_000, 5_400_000].map(spell)).toEqual([
    "1 second",
    "1 second",
    "59 seconds",
    "2 minutes",
    "1 hour",
    "1 hour 30 minutes",
  ]);
});

test("bytes has the unit that fits", () => {
  expect([0, 999, 1500, 12_340_000, 5_000_000_000].map(bytes)).toEqual(["0 byte", "999 byte", "2 kB", "12.3 MB", "5 GB"]);
});

test("ago counts minutes, then days, then names the date", () => {
  const now = new Date(2026, 2, 3, 12, 0).getTime();
  const at = (...date: [number, number, number, number, number]) => ago(new Date(...date).toISOString(), now);
  expect(at(2026, 2, 3, 11, 59)).toBe("1 minute ago");
  expect(at(2026, 2, 3, 9, 5)).toMatch(/^today, 9:05/);
  expect(at(2026, 2, 2, 23, 0)).toMatch(/^yesterday, 11:00/);
  expect(at(2025, 11, 24, 9, 0)).toMatch(/^Dec 24, 2025, 9:00/);
  expect(ago(new Date(now + 5000).toISOString(), now)).toBe("now"); // a clock that is a little ahead
});
