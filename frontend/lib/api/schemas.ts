// What the API answers, as docs/openapi.yaml says it. Only members that pages use are checked; unknown ones
// are let through, so that a newer server does not break an older page. schemas.test-d.ts compares the
// types with those that are generated from the document.
import * as z from "zod/mini";

const nullable = z.nullable;

export const statusSchema = z.enum(["pending", "processing", "completed", "failed", "cancelled"]);
export type JobStatus = z.infer<typeof statusSchema>;

export const jobErrorSchema = z.object({
  code: z.string(),
  message: z.string(),
  stage: z.optional(nullable(z.string())),
  retryable: z.optional(z.boolean()),
});
export type JobError = z.infer<typeof jobErrorSchema>;

const warningSchema = z.union([z.string(), z.looseObject({ message: z.string() })]);

export const optionsSchema = z.looseObject({
  model: z.optional(z.string()),
  language: z.optional(z.string()),
  speakers: z.optional(z.number()),
  minSpeakers: z.optional(z.number()),
  maxSpeakers: z.optional(z.number()),
  hotwords: z.optional(z.array(z.string())),
  meetingDate: z.optional(z.string()),
  minutes: z.optional(z.union([z.literal(false), z.looseObject({ template: z.optional(z.string()) })])),
});
export type JobOptions = z.infer<typeof optionsSchema>;

export const sessionSchema = z.looseObject({ signedIn: z.boolean(), required: z.boolean() });
export type Session = z.infer<typeof sessionSchema>;

export const jobSchema = z.looseObject({
  jobId: z.string(),
  status: statusSchema,
  stage: nullable(z.string()),
  progress: z.number(),
  speed: nullable(z.number()),
  etaSeconds: nullable(z.number()),
  durationMs: nullable(z.number()),
  title: nullable(z.string()),
  attempts: z.number(),
  maxAttempts: z.number(),
  source: nullable(
    z.object({
      kind: z.enum(["url", "upload"]),
      url: z.optional(z.string()),
      uploadId: z.optional(z.string()),
      name: z.optional(z.string()),
    }),
  ),
  options: optionsSchema,
  error: nullable(jobErrorSchema),
  warnings: z.array(warningSchema),
  redo: nullable(z.string()),
  seq: z.number(),
  createdAt: z.string(),
  updatedAt: z.string(),
  startedAt: nullable(z.string()),
  finishedAt: nullable(z.string()),
});
export type Job = z.infer<typeof jobSchema>;

export const jobListSchema = z.object({ jobs: z.array(jobSchema), next: nullable(z.string()) });
export type JobList = z.infer<typeof jobListSchema>;

export const acceptedSchema = z.object({
  success: z.literal(true),
  jobId: z.string(),
  status: statusSchema,
  job: jobSchema,
});
export type Accepted = z.infer<typeof acceptedSchema>;

export const processJobSchema = z.object({
  success: z.literal(true),
  jobId: z.string(),
  status: z.enum(["processing", "completed", "failed"]),
});
export type ProcessJobStarted = z.infer<typeof processJobSchema>;

export const uploadSchema = z.looseObject({
  uploadId: z.string(),
  name: nullable(z.string()),
  length: nullable(z.number()),
  offset: z.number(),
  finished: z.boolean(),
  jobId: nullable(z.string()),
  expiresAt: nullable(z.string()),
});
export type Upload = z.infer<typeof uploadSchema>;

export const wordSchema = z.looseObject({
  word: z.string(),
  start: z.number(),
  end: z.number(),
  confidence: z.optional(nullable(z.number())),
  speaker: z.optional(nullable(z.string())),
});
export type Word = z.infer<typeof wordSchema>;

export const segmentSchema = z.looseObject({
  id: z.number(),
  start: z.number(),
  end: z.number(),
  text: z.string(),
  confidence: z.number(),
  speaker: z.optional(nullable(z.string())),
  words: z.array(wordSchema),
});
export type Segment = z.infer<typeof segmentSchema>;

export const speakerSchema = z.looseObject({ id: z.string(), name: z.string() });
export type Speaker = z.infer<typeof speakerSchema>;

export const turnSchema = z.looseObject({
  start: z.number(),
  end: z.number(),
  speaker: z.string(),
  confidence: z.number(),
});
export type Turn = z.infer<typeof turnSchema>;

export const transcriptSchema = z.looseObject({
  schema: z.literal("chip.transcript/1"),
  language: z.string(),
  duration: z.number(),
  speech: z.number(),
  speakers: z.optional(z.array(speakerSchema)),
  turns: z.optional(z.array(turnSchema)),
  segments: z.array(segmentSchema),
  audit: z.array(z.unknown()),
});
export type Transcript = z.infer<typeof transcriptSchema>;

export const analysisSchema = z.looseObject({
  jobId: z.string(),
  version: z.number(),
  title: nullable(z.string()),
  language: nullable(z.string()),
  model: nullable(z.string()),
  durationMs: nullable(z.number()),
  speakerCount: nullable(z.number()),
  transcript: nullable(transcriptSchema),
  metrics: nullable(z.looseObject({})),
  minutes: nullable(z.looseObject({})),
  minutesBefore: z.optional(z.array(z.looseObject({}))),
  receipt: nullable(z.looseObject({})),
  createdAt: z.string(),
  updatedAt: z.string(),
});
export type Analysis = z.infer<typeof analysisSchema>;

export const waveformSchema = z.object({
  durationMs: z.number(),
  pointMs: z.number(),
  /** base64: a byte for each point */
  peaks: z.string(),
});

/** One kind of event of /api/jobs/{id}/events, by its name. */
export const eventSchemas = {
  status: z.object({ status: statusSchema, stage: z.optional(nullable(z.string())) }),
  progress: z.object({
    stage: nullable(z.string()),
    progress: z.number(),
    speed: z.optional(nullable(z.number())),
    etaSeconds: z.optional(nullable(z.number())),
    durationMs: z.optional(nullable(z.number())),
  }),
  segments: z.object({
    segments: z.array(
      z.looseObject({
        startMs: z.number(),
        endMs: z.number(),
        text: z.string(),
        speaker: z.optional(nullable(z.string())),
      }),
    ),
  }),
  warning: z.looseObject({ message: z.string() }),
  retry: z.object({ status: statusSchema, error: jobErrorSchema }),
  completed: z.object({ status: z.literal("completed"), warnings: z.array(warningSchema) }),
  failed: z.object({ status: statusSchema, error: jobErrorSchema }),
  cancelled: z.object({ status: z.literal("cancelled") }),
} as const;

export type JobEventKind = keyof typeof eventSchemas;
/** An event with its number; `kind` tells what `data` is. */
export type JobEvent = {
  [K in JobEventKind]: { id: number; kind: K; data: z.infer<(typeof eventSchemas)[K]> };
}[JobEventKind];
export type PartialSegment = z.infer<typeof eventSchemas.segments>["segments"][number];
