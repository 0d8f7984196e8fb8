// What a job is doing, in words, and which of the three steps that people see it belongs to.
import { en } from "@/strings/en";

export const steps = ["fetch", "transcribe", "understand"] as const;
export type Step = (typeof steps)[number];

const stepOf: Record<string, Step> = {
  fetch: "fetch",
  transcribe: "transcribe",
  speakers: "understand",
  metrics: "understand",
  minutes: "understand",
  write: "understand",
};

const words: Record<string, string> = en.job.stage;

/** Null for a stage that this version does not know, and before the first one. */
export const stepOfStage = (stage: string | null): Step | null => (stage && stepOf[stage]) || null;
export const wordsOfStage = (stage: string | null): string => (stage && words[stage]) || en.status.processing;
