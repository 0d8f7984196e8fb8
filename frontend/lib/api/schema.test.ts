// @vitest-environment node
import { readFile } from "node:fs/promises";
import openapiTS, { astToString } from "openapi-typescript";
import { expect, test } from "vitest";

test("schema.d.ts is what docs/openapi.yaml says; else: npm run types", async () => {
  const document = new URL("../../../docs/openapi.yaml", import.meta.url);
  const made = astToString(await openapiTS(document, { defaultNonNullable: false }));
  const kept = await readFile(new URL("schema.d.ts", import.meta.url), "utf8");
  expect(kept.slice(kept.indexOf("export interface paths"))).toBe(made.slice(made.indexOf("export interface paths")));
});
