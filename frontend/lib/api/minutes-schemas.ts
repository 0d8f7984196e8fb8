// Minutes, `chip.minutes/1`, as docs/openapi.yaml says them. Members that a page does not know are let through, as
// minutes are also sent back. An action item may have `done`, which this app adds.
import * as z from "zod/mini";

export const evidenceSchema = z.looseObject({
  segment: z.number(),
  start: z.number(),
  end: z.number(),
  quote: z.string(),
});
export type Evidence = z.infer<typeof evidenceSchema>;

const evidence = z.optional(z.array(evidenceSchema));
const unverified = z.optional(z.boolean());
const insufficient = z.optional(z.string());

export const topicSchema = z.looseObject({
  title: z.string(),
  start: z.number(),
  end: z.number(),
  summary: z.string(),
  keywords: z.optional(z.array(z.string())),
  evidence,
  unverified,
});
export type Topic = z.infer<typeof topicSchema>;

export const statementSchema = z.looseObject({
  text: z.string(),
  evidence,
  unverified,
  asked_by: z.optional(z.nullable(z.string())),
});
export type Statement = z.infer<typeof statementSchema>;

export const actionItemSchema = z.looseObject({
  what: z.string(),
  owner: z.nullable(z.looseObject({ speaker: z.nullable(z.string()), name: z.nullable(z.string()) })),
  due: z.nullable(z.looseObject({ date: z.nullable(z.string()), said: z.nullable(z.string()) })),
  done: z.optional(z.boolean()),
  evidence,
  unverified,
});
export type ActionItem = z.infer<typeof actionItemSchema>;

export const figureSchema = z.looseObject({
  text: z.string(),
  value: z.string(),
  kind: z.string(),
  evidence,
  unverified,
});
export type Figure = z.infer<typeof figureSchema>;

const scoreSchema = z.looseObject({
  score: z.optional(z.nullable(z.number())),
  confidence: z.optional(z.number()),
  evidence,
  insufficient_evidence: insufficient,
});
export type ValueScore = z.infer<typeof scoreSchema>;

export const valueSchema = z.looseObject({
  name: z.string(),
  overall: scoreSchema,
  speakers: z.array(z.extend(scoreSchema, { speaker: z.string() })),
});
export type Value = z.infer<typeof valueSchema>;

export const minutesSchema = z.looseObject({
  schema: z.literal("chip.minutes/1"),
  provider: z.optional(z.string()),
  model: z.optional(z.string()),
  template: z.optional(z.string()),
  language: z.optional(z.string()),
  date: z.optional(z.nullable(z.string())),
  title: z.string(),
  summary: z.looseObject({
    short: z.string(),
    long: z.string(),
    evidence,
    insufficient_evidence: insufficient,
  }),
  topics: z.array(topicSchema),
  decisions: z.array(statementSchema),
  action_items: z.array(actionItemSchema),
  open_questions: z.array(statementSchema),
  risks: z.array(statementSchema),
  figures: z.array(figureSchema),
  values: z.optional(z.array(valueSchema)),
  audit: z.optional(
    z.looseObject({
      items: z.optional(z.number()),
      verified: z.optional(z.number()),
      unverified: z.optional(z.number()),
      dropped: z.optional(z.number()),
      notes: z.optional(z.array(z.string())),
      failures: z.optional(z.array(z.looseObject({ provider: z.string(), code: z.string(), message: z.string() }))),
    }),
  ),
  usage: z.optional(
    z.looseObject({
      input_tokens: z.optional(z.nullable(z.number())),
      output_tokens: z.optional(z.nullable(z.number())),
      cost_usd: z.optional(z.nullable(z.number())),
    }),
  ),
  stale: z.optional(z.boolean()),
  replaced_at: z.optional(z.string()),
});
export type Minutes = z.infer<typeof minutesSchema>;

export const minutesChoicesSchema = z.looseObject({
  providers: z.array(z.looseObject({ provider: z.string(), model: z.string() })),
  templates: z.array(z.string()),
});
export type MinutesChoices = z.infer<typeof minutesChoicesSchema>;
