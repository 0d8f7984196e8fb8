// Metrics of a conversation, `chip.metrics/1`, as docs/METRICS.md says them.
import * as z from "zod/mini";

export const measuredSchema = z.union([
  z.object({ value: z.number(), low: z.number(), high: z.number(), evidence: z.number() }),
  z.object({ insufficient_evidence: z.string(), evidence: z.optional(z.number()) }),
]);
/** A measured value with its bounds, or why there is none. */
export type Measured = z.infer<typeof measuredSchema>;

const figures = z.record(z.string(), measuredSchema);

export const metricsSchema = z.looseObject({
  schema: z.literal("chip.metrics/1"),
  duration: z.number(),
  meeting: figures,
  speakers: z.array(z.looseObject({ id: z.string(), name: z.string(), metrics: figures })),
  warnings: z.array(z.string()),
  definitions: z.record(
    z.string(),
    z.looseObject({ title: z.string(), unit: z.string(), evidence: z.string(), definition: z.string() }),
  ),
});
export type Metrics = z.infer<typeof metricsSchema>;
