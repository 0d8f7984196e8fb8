import { expect, expectTypeOf, test } from "vitest";
import type { components } from "./schema";
import * as s from "./schemas";

type Schemas = components["schemas"];

test("what the document promises is what is checked", () => {
  expectTypeOf<Schemas["Status"]>().toEqualTypeOf<s.JobStatus>();
  expectTypeOf<Schemas["JobError"]>().toExtend<s.JobError>();
  expectTypeOf<keyof Schemas["Job"]>().toEqualTypeOf<keyof Schemas["Job"] | Exclude<keyof Known<s.Job>, number>>();
  expectTypeOf<keyof Schemas["Upload"]>().toEqualTypeOf<keyof Schemas["Upload"] | keyof Known<s.Upload>>();
  expectTypeOf<Schemas["CompletedEvent"]["status"]>().toEqualTypeOf<"completed">();
});

test("members that a newer server adds do no harm", () => {
  const event = { stage: "minutes", progress: 50, somethingNew: 1 };
  expect(s.eventSchemas.progress.safeParse(event).success).toBe(true);
});

test("a status nobody knows is refused", () => {
  expect(s.statusSchema.safeParse("paused").success).toBe(false);
});

/** Without the index signature of what is let through. */
type Known<T> = { [K in keyof T as string extends K ? never : K]: T[K] };
