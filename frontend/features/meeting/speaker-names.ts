// How speakers are called and coloured, the same on the whole page.
import type { Speaker } from "@/lib/api/client";
import { en } from "@/strings/en";

const COLOURS = 8;

/** The number in a label: "S3" -> 3. It stays a speaker's own when others are merged or renamed. */
const numberOf = (label: string): number => Number(/\d+/.exec(label)?.[0] ?? 1);

/** "Ann", or "Speaker 3" as long as nobody said who that is. */
export function speakerName(speakers: readonly Speaker[] | undefined, label: string | null): string {
  if (label === null) return en.meeting.speakers.unknown;
  const name = speakers?.find((s) => s.id === label)?.name;
  return name || en.meeting.speakers.unnamed(numberOf(label));
}

/** A token of styles/tokens.css, which reads on the page's surfaces in light and dark. */
export function speakerColour(label: string | null): string {
  if (label === null) return "var(--text-3)";
  return `var(--speaker-${((numberOf(label) - 1) % COLOURS) + 1})`;
}
