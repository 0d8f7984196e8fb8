import type { Match } from "../model/find";

/** Marks what was found, in the words that are in the page. */
export function markMatches(box: HTMLElement | null, matches: readonly Match[], at: number): void {
  for (const marked of box?.querySelectorAll("[data-found]") ?? []) marked.removeAttribute("data-found");
  if (matches.length === 0) return;
  const words = box?.querySelectorAll<HTMLElement>("[data-word]");
  const first = Number(words?.[0]?.dataset["word"] ?? NaN);
  if (!words || Number.isNaN(first)) return;
  matches.forEach((match, i) => {
    for (let w = match.first; w < match.end; w++)
      words[w - first]?.setAttribute("data-found", i === at ? "this" : "");
  });
}
