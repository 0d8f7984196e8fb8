// What this browser remembers of each upload until a job has it, one entry each, so that tabs do not
// overwrite each other's.
import * as z from "zod/mini";
import { optionsSchema } from "@/lib/api/schemas";
import { readJson, writeJson, writeText } from "@/lib/storage";

const PREFIX = "chip.upload.";

export const uploadRecordSchema = z.object({
  /** of the upload here, and of its job later: handing it over twice makes one job */
  id: z.string(),
  name: z.string(),
  size: z.number(),
  /** with name and size, how a file is known again */
  lastModified: z.number(),
  title: z.nullable(z.string()),
  options: optionsSchema,
  /** where it goes on; null before it has begun */
  url: z.nullable(z.string()),
  /** the recording in IndexedDB that it is, if it is one */
  recording: z.nullable(z.string()),
  createdAt: z.number(),
});
export type UploadRecord = z.infer<typeof uploadRecordSchema>;

export function readRecords(): UploadRecord[] {
  const found: UploadRecord[] = [];
  for (const key of storedKeys()) {
    const record = readJson(key, uploadRecordSchema);
    if (record) found.push(record);
  }
  return found.sort((a, b) => a.createdAt - b.createdAt);
}

function storedKeys(): string[] {
  try {
    return Object.keys(localStorage).filter((key) => key.startsWith(PREFIX));
  } catch {
    return [];
  }
}

export const writeRecord = (record: UploadRecord): void => writeJson(PREFIX + record.id, record);
export const forgetRecord = (id: string): void => writeText(PREFIX + id, null);

export const isSameFile = (record: UploadRecord, file: File): boolean =>
  record.name === file.name && record.size === file.size && record.lastModified === file.lastModified;

/** The upload's id is the last part of its address. */
export const uploadIdOf = (url: string): string => url.replace(/\/+$/, "").split("/").at(-1) ?? "";
