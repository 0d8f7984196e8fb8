// Every word that people read, in one place, ready to be translated: a translation is a file with the
// same shape. Sentences with numbers in them are functions.
import { count } from "./count";
import { meeting } from "./meeting";
import { search } from "./search";

export const en = {
  app: {
    name: "chip",
    title: "chip: meetings, understood",
    description: "Drop a recording; read who said what, what was decided, and who does what next.",
    skip: "Skip to content",
    home: "chip, start page",
  },
  nav: {
    label: "Main",
    start: "New",
    meetings: "Meetings",
    search: "Search meetings",
    searchPlaceholder: "Search",
  },
  theme: { label: "Appearance", system: "As the system", light: "Light", dark: "Dark" },
  status: {
    pending: "Waiting",
    processing: "In work",
    completed: "Done",
    failed: "Failed",
    cancelled: "Cancelled",
  },
  errors: {
    title: "That did not work",
    crashed: "Something on this page broke. Your recordings and transcripts are safe.",
    reload: "Reload the page",
    retry: "Try again",
    requestId: (id: string) => `If you ask for help, name this: ${id}`,
    notFoundTitle: "There is no such page",
    notFound: "The address may be mistyped, or what it showed was deleted.",
    toMeetings: "See all meetings",
  },
  time: {
    about: (text: string) => `about ${text}`,
    seconds: (n: number) => count(n, "second", "seconds"),
    minutes: (n: number) => count(n, "minute", "minutes"),
    hours: (n: number) => count(n, "hour", "hours"),
    hoursMinutes: (h: number, m: number) => `${count(h, "hour", "hours")} ${count(m, "minute", "minutes")}`,
  },
  start: { title: "Drop a recording" },
  meeting,
  search,
  common: {
    loading: "Loading…",
    untitled: "Untitled recording",
    close: "Close",
    cancel: "Cancel",
    files: (n: number) => count(n, "file", "files"),
  },
} as const;

export { count };
