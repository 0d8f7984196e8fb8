// What GET /api/search answers, as docs/openapi.yaml says it.
import * as z from "zod/mini";

export const passageSchema = z.looseObject({
  // A newer server may find words in more places.
  kind: z.string(),
  segment: z.nullable(z.number()),
  start: z.nullable(z.number()),
  end: z.nullable(z.number()),
  speaker: z.nullable(z.object({ id: z.nullable(z.string()), name: z.nullable(z.string()) })),
  pieces: z.array(z.object({ text: z.string(), match: z.boolean() })),
});
export type FoundPassage = z.infer<typeof passageSchema>;

export const foundMeetingSchema = z.looseObject({
  jobId: z.string(),
  title: z.nullable(z.string()),
  createdAt: z.string(),
  durationMs: z.nullable(z.number()),
  total: z.number(),
  hits: z.array(passageSchema),
});
export type FoundMeeting = z.infer<typeof foundMeetingSchema>;

export const searchResultsSchema = z.object({
  meetings: z.array(foundMeetingSchema),
  next: z.nullable(z.string()),
});
export type SearchResults = z.infer<typeof searchResultsSchema>;
