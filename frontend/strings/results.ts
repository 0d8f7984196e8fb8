// The words of what one does with a result: ask, take away, print, see who spoke when.
import { count } from "./count";

export const results = {
  ask: {
    title: "Ask",
    label: "Ask about this meeting",
    placeholder: "What was decided about the price?",
    submit: "Ask",
    stop: "Stop",
    asking: "Looking through the meeting…",
    intro: "Answers come from this meeting alone, with the words that prove them.",
    examples: ["What was decided?", "Who does what next?", "What is still open?"],
    by: (provider: string, model: string) => `Answered by ${model || provider}`,
    byBuiltin: "Answered by the built-in analyst",
    retry: "Ask again",
  },
  export: {
    open: "Export",
    copyMinutes: "Copy minutes as Markdown",
    copyTranscript: "Copy transcript as Markdown",
    printMinutes: "Print minutes, or save as PDF",
    printAll: "Print minutes and transcript",
    printTranscript: "Print transcript",
    download: "Download",
    copied: "Copied to the clipboard",
    formats: {
      md: "Markdown, with minutes (md)",
      txt: "Plain text (txt)",
      srt: "Subtitles (srt)",
      vtt: "Subtitles for the web (vtt)",
      tsv: "Table of segments (tsv)",
      json: "Everything, for programs (json)",
      whisperx: "As WhisperX writes it (json)",
      rttm: "Who spoke when (rttm)",
    },
  },
  timeline: {
    title: "Who spoke when",
    zoomIn: "Zoom in",
    zoomOut: "Zoom out",
    fit: "Show all",
    chapters: "Chapters",
    overlap: "Several at once",
    table: "As a table",
    none: "Speakers were not told apart in this recording.",
    summary: (speakers: number, duration: string, turns: number) =>
      `${count(speakers, "speaker", "speakers")} in ${duration}, ${count(turns, "stretch", "stretches")} of speech. The table below says the same in words.`,
    lane: (who: string, talk: string, share: number, n: number) =>
      `${who}: ${talk}, ${share} %, ${count(n, "stretch", "stretches")} of speech`,
    columns: { speaker: "Speaker", talk: "Speaks for", share: "Share", turns: "Stretches", longest: "Longest", first: "First at" },
    playLongest: (who: string, when: string) => `Play the longest stretch of ${who}, at ${when}`,
    overlaps: (n: number, talk: string) => `Several speak at once ${count(n, "time", "times")}, ${talk} in all.`,
    noOverlaps: "No two were heard at once.",
  },
} as const;
