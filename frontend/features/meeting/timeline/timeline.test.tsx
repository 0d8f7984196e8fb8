import { fireEvent, screen } from "@testing-library/react";
import { beforeAll, expect, test, vi } from "vitest";
import { useMeeting } from "../meeting-context";
import { analysis, showInMeeting } from "../test-meeting";
import { barsPath, overlapsOf, talkOf, ticksOf } from "./lanes";
import { Timeline } from "./timeline";

beforeAll(() => {
  vi.stubGlobal("ResizeObserver", class { observe() {} unobserve() {} disconnect() {} });
  Object.defineProperty(HTMLElement.prototype, "clientWidth", { configurable: true, value: 600 });
});

const turn = (speaker: string, start: number, end: number) => ({ speaker, start, end, confidence: 1 });

test("talk is summed for each speaker, overlap for both", () => {
  const [ann, other] = talkOf(analysis.transcript);
  expect(ann).toMatchObject({ speaker: "S1", seconds: 20, longest: { start: 0, end: 20 } });
  expect(other?.share).toBeCloseTo(22 / 42);
  expect(talkOf(null)).toEqual([]);
});

test("overlap is where two speak, once however many they are; who only touches does not", () => {
  const turns = [turn("S1", 0, 10), turn("S2", 8, 12), turn("S3", 9, 11), turn("S1", 12, 20), turn("S2", 20, 25)];
  const talks = talkOf({ ...analysis.transcript!, turns });
  expect(overlapsOf(talks)).toEqual([{ start: 8, end: 11 }]);
});

test("three hours of short turns are a short path, and the last word is still there", () => {
  const stretches = Array.from({ length: 10_800 }, (_, i) => ({ start: i, end: i + 0.7 }));
  const path = barsPath(stretches, 1000 / 10_800, 0, 10);
  expect(path.length).toBeLessThan(100);
  expect(path).toMatch(/H1001\.4V10/);
});

test("close up, each stretch is a bar of its own, never thinner than a pixel and a half", () => {
  expect(barsPath([{ start: 1, end: 1.01 }, { start: 2, end: 3 }], 10, 4, 8)).toBe("M10 4H11.5V12H10ZM20 4H30V12H20Z");
});

test("the axis has round times that do not run into each other", () => {
  expect(ticksOf(293, 2)).toEqual([0, 60, 120, 180, 240]);
  expect(ticksOf(10_800, 0.1).at(-1)).toBe(10_800);
});

function Now() {
  const { player } = useMeeting();
  return <button onClick={(e) => (e.currentTarget.textContent = String(player.timeMs))}>now</button>;
}

test("a click on the lanes goes to that moment", () => {
  showInMeeting(
    <>
      <Timeline />
      <Now />
    </>,
  );
  fireEvent.click(screen.getByRole("img"), { clientX: 150 });
  const now = screen.getByRole("button", { name: "now" });
  fireEvent.click(now);
  expect(now.textContent).toBe("15000");
});

test("the table says in words what the lanes show", () => {
  showInMeeting(<Timeline />);
  expect(screen.getByRole("img").getAttribute("aria-label")).toContain("2 speakers in 1 minute, 2 stretches of speech");
  expect(screen.getByRole("row", { name: /Ann 0:20 48 % 1/, hidden: true })).toBeTruthy();
  expect(screen.getByText("Several speak at once 1 time, 2 seconds in all.")).toBeTruthy();
});
