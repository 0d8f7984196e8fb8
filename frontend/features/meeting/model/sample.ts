// A small analysis for tests: Ann and Bo, four segments.
import type { Analysis, Segment } from "@/lib/api/client";

export function segment(id: number, start: number, speaker: string, text: string): Segment {
  const tokens = text.split(" ");
  const words = tokens.map((word, i) => ({ word, start: start + i, end: start + i + 1, confidence: 0.5, speaker }));
  return { id, start, end: start + tokens.length, speaker, text, confidence: 0.5, words };
}

export function sample(): Analysis {
  return {
    jobId: "0b7e2f0e-2d5c-4c6e-9d53-0a4c5f6b7a88",
    version: 1,
    title: "Sample",
    language: "en",
    model: "m",
    durationMs: 20_000,
    speakerCount: 2,
    transcript: {
      schema: "chip.transcript/1",
      language: "en",
      duration: 20,
      speech: 18,
      speakers: [
        { id: "S1", name: "Ann" },
        { id: "S2", name: "" },
      ],
      turns: [
        { start: 0, end: 8, speaker: "S1", confidence: 0.9 },
        { start: 8, end: 11, speaker: "S2", confidence: 0.8 },
        { start: 11, end: 12, speaker: "S1", confidence: 0.7 },
      ],
      segments: [
        segment(0, 0, "S1", "We meet in Lublana."),
        segment(1, 4, "S1", "Is that all right?"),
        segment(2, 8, "S2", "Yes, on Monday."),
        segment(3, 11, "S1", "Fine."),
      ],
      audit: [],
    },
    summary: null,
    metrics: null,
    minutes: null,
    receipt: null,
    createdAt: "2026-11-24T12:00:00Z",
    updatedAt: "2026-11-24T12:00:00Z",
  };
}

export const textsOf = (analysis: Analysis): string[] => analysis.transcript!.segments.map((s) => s.text);
export const saidBy = (analysis: Analysis): (string | null | undefined)[] =>
  analysis.transcript!.segments.map((s) => s.speaker);
