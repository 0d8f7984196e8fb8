import type { Job } from "@/lib/api/client";
import { en } from "@/strings/en";

/** What a meeting is called: its title, else the file's name. */
export const titleOf = (job: Job): string => job.title || job.source?.name || en.common.untitled;
