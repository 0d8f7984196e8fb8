// What POST /api/jobs/{id}/ask answers, as docs/openapi.yaml says it.
import * as z from "zod/mini";

export const answerSchema = z.looseObject({
  answer: z.string(),
  citations: z.array(
    z.looseObject({ segment: z.number(), start: z.number(), end: z.number(), quote: z.string() }),
  ),
  insufficientEvidence: z.boolean(),
  provider: z.string(),
  model: z.string(),
  notes: z.array(z.string()),
});
export type Answer = z.infer<typeof answerSchema>;
