// A small meeting for tests of its parts.
import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { render } from "@testing-library/react";
import type { ReactNode } from "react";
import { vi } from "vitest";
import type { Analysis, Job } from "@/lib/api/client";
import { jobSchema } from "@/lib/api/schemas";
import { MeetingProvider } from "./meeting-context";

export const EVIL = "<img src=x onerror=alert(1)>";

export const job: Job = jobSchema.parse({
  jobId: "0b0f0a5e-0000-4000-8000-000000000001",
  status: "completed",
  stage: null,
  progress: 100,
  speed: null,
  etaSeconds: null,
  durationMs: 60_000,
  title: "Launch",
  attempts: 1,
  maxAttempts: 3,
  source: null,
  options: {},
  error: null,
  warnings: [],
  redo: null,
  seq: 1,
  createdAt: "2026-03-03T10:00:00.000Z",
  updatedAt: "2026-03-03T10:00:00.000Z",
  startedAt: null,
  finishedAt: null,
});

const segment = (id: number, start: number, end: number, speaker: string, text: string) => ({
  id,
  start,
  end,
  speaker,
  text,
  confidence: 0.9,
  words: text.split(" ").map((word, i, all) => ({
    word,
    start: start + (i * (end - start)) / all.length,
    end: start + ((i + 1) * (end - start)) / all.length,
  })),
});

export const analysis: Analysis = {
  jobId: job.jobId,
  version: 1,
  title: null,
  language: "en",
  model: "m",
  durationMs: 60_000,
  speakerCount: 2,
  transcript: {
    schema: "chip.transcript/1",
    language: "en",
    duration: 60,
    speech: 40,
    speakers: [
      { id: "S1", name: "Ann" },
      { id: "S2", name: "" },
    ],
    turns: [
      { start: 0, end: 20, speaker: "S1", confidence: 0.9 },
      { start: 18, end: 40, speaker: "S2", confidence: 0.9 },
    ],
    segments: [
      segment(0, 0, 20, "S1", "We launch in April and not before."),
      segment(1, 20, 40, "S2", "I will write the press release by Friday."),
    ],
    audit: [],
  },
  metrics: null,
  minutes: null,
  receipt: null,
  createdAt: "2026-03-03T10:00:00.000Z",
  updatedAt: "2026-03-03T10:00:00.000Z",
};

/** Renders a part of the meeting page; `sent` collects what is asked of the API, which answers with `answer`. */
export function showInMeeting(part: ReactNode, parts: Partial<Analysis> = {}, answer: (body: unknown) => unknown = () => ({})) {
  const shown = { ...analysis, ...parts };
  const sent: { path: string; method: string; body: unknown }[] = [];
  vi.stubGlobal("fetch", async (path: string, init: RequestInit = {}) => {
    const body: unknown = typeof init.body === "string" ? JSON.parse(init.body) : undefined;
    sent.push({ path, method: init.method ?? "GET", body });
    return new Response(JSON.stringify(answer(body)));
  });
  const view = render(
    <QueryClientProvider client={new QueryClient({ defaultOptions: { queries: { retry: false } } })}>
      <MeetingProvider job={job} analysis={shown} refetchJob={() => {}}>
        {part}
      </MeetingProvider>
    </QueryClientProvider>,
  );
  return { ...view, sent, shown };
}
