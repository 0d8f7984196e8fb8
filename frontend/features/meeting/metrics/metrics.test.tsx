import { readFileSync } from "node:fs";
import { screen, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { beforeAll, expect, test, vi } from "vitest";
import { metricGroups, metricTexts } from "@/strings/metric-texts";
import type { Metrics } from "@/lib/api/client";
import { EVIL, showInMeeting } from "../test-meeting";
import { MetricsPanel } from "./metrics-panel";
import { entriesOf, metricsCsv, readMetrics, show, showBounds } from "./model";
import { metricsSvg } from "./picture";

beforeAll(() => {
  vi.stubGlobal("ResizeObserver", class { observe() {} unobserve() {} disconnect() {} });
});

const metrics: Metrics = {
  schema: "chip.metrics/1",
  duration: 60,
  meeting: {
    balance: { value: 0.5, low: 0.25, high: 0.75, evidence: 4 },
    overlap_share: { insufficient_evidence: "no-overlap-model", evidence: 0 },
    novelty: { value: 3, low: 3, high: 3, evidence: 9 },
  },
  speakers: [
    { id: "S1", name: "Ann", metrics: { talk_share: { value: 0.345, low: 0.33, high: 0.361, evidence: 2 } } },
    { id: "S2", name: "", metrics: { talk_share: { insufficient_evidence: "too-few", evidence: 0 } } },
  ],
  warnings: ["Two speakers hardly speak."],
  definitions: { novelty: { title: "Novelty", unit: "count", evidence: "words", definition: "New things." } },
};
const nameOf = (label: string | null) => (label === "S1" ? EVIL : "=Speaker 2");

test("names and definitions are those of docs/METRICS.md, word for word", () => {
  const document = readFileSync("../docs/METRICS.md", "utf8");
  const sections = document.slice(document.indexOf("## Who talks how much"), document.indexOf("## JSON:"));
  const found = [...sections.matchAll(/^### (.+): `(\w+)`\n\n([\s\S]+?)\n\n([\s\S]+?)(?=\n\n#|\n*$(?![\s\S]))/gm)].map(
    ([, title, key, definition, rest]) => {
      const flat = rest!.replace(/\s+/g, " ");
      const [, unit, evidence, least] = /unit: ([^;]+); evidence: (.+?), at least (\d+)\./.exec(flat) ?? [];
      return [key, { title, definition: definition!.replace(/\s+/g, " "), unit, evidence, least: Number(least) }];
    },
  );
  expect(found.length).toBe(metricGroups.flatMap(({ keys }) => keys).length);
  expect(Object.fromEntries(found)).toEqual(metricTexts);
});

test("too little evidence is said, with the reason, and is never a number", () => {
  showInMeeting(<MetricsPanel />, { metrics });
  expect(screen.getByText("Not enough evidence: overlapping speech was not looked for")).toBeTruthy();
  const row = screen.getByText("Speaker 2", { selector: "dt" }).parentElement!;
  expect(row.textContent).toBe("Speaker 2Not enough evidence: too little to go by");
  expect(row.querySelector("svg")).toBeNull();
});

test("a value has its bounds beside it, drawn and in words", () => {
  showInMeeting(<MetricsPanel />, { metrics });
  const row = screen.getByText("Ann", { selector: "dt" }).parentElement!;
  expect(row.textContent).toBe("Ann35 %33 to 36 %");
  const [line] = row.querySelectorAll("line");
  expect([line?.getAttribute("x1"), line?.getAttribute("x2")]).toEqual(["91.41%", "100.00%"]);
  expect(screen.getByText("Two speakers hardly speak.")).toBeTruthy();
});

test("what a metric means is one tap away", async () => {
  showInMeeting(<MetricsPanel />, { metrics });
  await userEvent.click(screen.getByRole("button", { name: "What “Talk share” means" }));
  const popover = within(await screen.findByRole("dialog"));
  expect(popover.getByText(/A speaker's talk time \/ the talk time of all speakers/)).toBeTruthy();
  expect(popover.getByText("Least evidence: pieces of speech, 1 or more.")).toBeTruthy();
});

test("a metric that only the server knows is shown with the server's definition", () => {
  const last = entriesOf(metrics).at(-1);
  expect(last?.title).toBe("More");
  expect(last?.entries[0]?.text.definition).toBe("New things.");
});

test("the table has values, bounds and reasons; names cannot be formulas", () => {
  const lines = metricsCsv(metrics, nameOf).split("\r\n");
  expect(lines[1]).toBe(`Talk share,talk_share,${EVIL},0.345,0.33,0.361,share,2,pieces of speech,`);
  expect(lines[2]).toBe("Talk share,talk_share,'=Speaker 2,,,,share,0,pieces of speech,too little to go by");
});

test("names are escaped in the picture", () => {
  const svg = metricsSvg({ title: `A & B ${EVIL}`, note: "", metrics, talks: [], nameOf, colourOf: () => "#000" });
  expect(svg).not.toContain("<img");
  expect(svg).toContain("A &amp; B &lt;img src=x");
  expect(svg).toContain("Not enough evidence: too little to go by");
  expect(new DOMParser().parseFromString(svg, "image/svg+xml").querySelector("parsererror")).toBeNull();
});

test("numbers read as people write them", () => {
  expect(show(272.52, "s")).toBe("4:33");
  expect(show(3.94, "s")).toBe("3.9 s");
  expect(show(0.0714, "share")).toBe("7.1 %");
  expect(show(186.04, "words/min")).toBe("186 words a minute");
  expect(show(11.04, "/min")).toBe("11 a minute");
  expect(showBounds({ value: 3, low: 3, high: 3 }, "count")).toBeNull();
  expect(showBounds({ value: 3, low: 2, high: 4 }, "count")).toBe("2 to 4");
  expect(showBounds({ value: 186, low: 184.8, high: 188.3 }, "words/min")).toBe("185 to 188");
  expect(showBounds({ value: 62, low: 59.8, high: 65 }, "s")).toBe("59.8 s to 1:05");
  expect(showBounds({ value: 4.2, low: 3.9, high: 4.4 }, "s")).toBe("3.9 to 4.4 s");
});

test("what is no metrics is not shown as such", () => {
  expect(readMetrics({ schema: "chip.metrics/2" })).toBeNull();
  expect(readMetrics(null)).toBeNull();
});
