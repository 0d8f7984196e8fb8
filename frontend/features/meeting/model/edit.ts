// A correction of the analysis, as a value: what it does, what undoes it, how the API is told, and whether it
// still fits when somebody else was faster. Pure functions; edit-queue.ts sends them.
import type { Analysis, Edit, Segment, Speaker, Transcript } from "@/lib/api/client";
import { retime } from "./edit-text";

/** A segment, so named that it can be found again after others were removed or cut. Seconds. */
export interface SegmentRef {
  index: number;
  start: number;
  end: number;
}

export interface TextEdit {
  at: SegmentRef;
  before: string;
  after: string;
}

export interface SpeakerEdit {
  at: SegmentRef;
  before: string;
  after: string;
}

/** Who said what when, for taking back a changed number of speakers. */
export interface Said {
  start: number;
  end: number;
  speaker: string;
}

export type Field = "summary" | "topics" | "decisions" | "actionItems" | "minutes";

export type Change =
  | { kind: "text"; edits: TextEdit[] }
  /** `add` are people that the transcript does not have yet */
  | { kind: "speaker"; edits: SpeakerEdit[]; add: Speaker[] }
  | { kind: "name"; label: string; before: string; after: string }
  | { kind: "merge"; from: Speaker; into: Speaker; segments: SegmentRef[] }
  | { kind: "count"; before: number; after: number; speakers: Speaker[]; said: Said[] }
  /** the number of speakers as it was, with what had been corrected by hand */
  | { kind: "recount"; count: number; was: number; speakers: Speaker[]; said: Said[] }
  | { kind: "field"; field: Field; before: unknown; after: unknown };

export const refOf = (segment: Segment, index: number): SegmentRef => ({
  index,
  start: segment.start,
  end: segment.end,
});

const segmentsOf = (analysis: Analysis): Segment[] => analysis.transcript?.segments ?? [];
const speakersOf = (analysis: Analysis): Speaker[] => analysis.transcript?.speakers ?? [];

export const saidOf = (analysis: Analysis): Said[] =>
  segmentsOf(analysis).flatMap(({ start, end, speaker }) => (speaker ? [{ start, end, speaker }] : []));

/* ---- making one ---- */

export function changeTexts(analysis: Analysis, texts: { index: number; text: string }[]): Change | null {
  const segments = segmentsOf(analysis);
  const edits = texts.flatMap(({ index, text }): TextEdit[] => {
    const segment = segments[index];
    return segment && segment.text !== text ? [{ at: refOf(segment, index), before: segment.text, after: text }] : [];
  });
  return edits.length ? { kind: "text", edits } : null;
}

export function changeSpeaker(analysis: Analysis, first: number, end: number, label: string, add: Speaker[] = []): Change | null {
  const edits = segmentsOf(analysis)
    .map((segment, index) => ({ at: refOf(segment, index), before: segment.speaker ?? "", after: label }))
    .slice(first, end)
    .filter((e) => e.before !== label);
  return edits.length ? { kind: "speaker", edits, add } : null;
}

export function changeName(analysis: Analysis, label: string, name: string): Change | null {
  const speaker = speakersOf(analysis).find((s) => s.id === label);
  return speaker && speaker.name !== name ? { kind: "name", label, before: speaker.name, after: name } : null;
}

export function mergeSpeakers(analysis: Analysis, from: string, into: string): Change | null {
  const [a, b] = [from, into].map((id) => speakersOf(analysis).find((s) => s.id === id));
  if (!a || !b || a === b) return null;
  const segments = segmentsOf(analysis).flatMap((s, i) => (s.speaker === from ? [refOf(s, i)] : []));
  return { kind: "merge", from: a, into: b, segments };
}

export function changeCount(analysis: Analysis, count: number): Change | null {
  const speakers = speakersOf(analysis);
  if (speakers.length === count) return null;
  return { kind: "count", before: speakers.length, after: count, speakers, said: saidOf(analysis) };
}

/** A label that nobody has. */
export function freeLabel(analysis: Analysis): string {
  const numbers = speakersOf(analysis).map((s) => Number(s.id.replace(/^S/, "")) || 0);
  return `S${Math.max(0, ...numbers) + 1}`;
}

/* ---- taking one back ---- */

/** What undoes a change; null when the API has no way back: a segment that was removed is gone. */
export function invert(change: Change): Change | null {
  switch (change.kind) {
    case "text": {
      if (change.edits.some((e) => e.after === "")) return null;
      return { ...change, edits: change.edits.map((e) => ({ ...e, before: e.after, after: e.before })) };
    }
    case "speaker": {
      const [added] = change.add;
      const back = change.edits.map((e) => ({ ...e, before: e.after, after: e.before }));
      if (!added) return { kind: "speaker", edits: back, add: [] };
      const into = back[0]!.after;
      const allSame = back.every((e) => e.after === into);
      return allSame && into
        ? { kind: "merge", from: added, into: { id: into, name: "" }, segments: back.map((e) => e.at) }
        : { kind: "speaker", edits: back, add: [] };
    }
    case "name":
      return { ...change, before: change.after, after: change.before };
    case "merge":
      return {
        kind: "speaker",
        edits: change.segments.map((at) => ({ at, before: change.into.id, after: change.from.id })),
        add: [change.from],
      };
    case "count":
      return { kind: "recount", count: change.before, was: change.after, speakers: change.speakers, said: change.said };
    case "recount":
      return { kind: "count", before: change.count, after: change.was, speakers: change.speakers, said: change.said };
    case "field":
      return { ...change, before: change.after, after: change.before };
  }
}

/* ---- doing it here ---- */

function withSegments(t: Transcript, edits: { at: SegmentRef }[], edit: (s: Segment, i: number) => Segment): Transcript {
  const segments = t.segments.slice();
  edits.forEach((e, i) => {
    const segment = segments[e.at.index];
    if (segment) segments[e.at.index] = edit(segment, i);
  });
  return { ...t, segments };
}

const said = (segment: Segment, speaker: string): Segment => ({
  ...segment,
  speaker,
  words: segment.words.map((w) => ({ ...w, speaker })),
});

function edited(t: Transcript, change: Change): Transcript {
  switch (change.kind) {
    case "text": {
      const next = withSegments(t, change.edits, (s, i) => retime(s, change.edits[i]!.after));
      return { ...next, segments: next.segments.filter((s) => s.text !== "") };
    }
    case "speaker": {
      const next = withSegments(t, change.edits, (s, i) => said(s, change.edits[i]!.after));
      return change.add.length ? { ...next, speakers: [...(t.speakers ?? []), ...change.add] } : next;
    }
    case "name":
      return { ...t, speakers: t.speakers?.map((s) => (s.id === change.label ? { ...s, name: change.after } : s)) };
    case "merge": {
      const { from, into } = change;
      return {
        ...t,
        segments: t.segments.map((s) => (s.speaker === from.id ? said(s, into.id) : s)),
        turns: t.turns?.map((turn) => (turn.speaker === from.id ? { ...turn, speaker: into.id } : turn)),
        speakers: t.speakers
          ?.filter((s) => s.id !== from.id)
          .map((s) => (s.id === into.id ? { ...s, name: s.name || from.name } : s)),
      };
    }
    case "count": // only the server knows who is who then
    case "recount":
    case "field":
      return t;
  }
}

/** The analysis as it will be; only what changes is new. */
export function apply(analysis: Analysis, change: Change): Analysis {
  if (change.kind === "field") return { ...analysis, [change.field]: change.after };
  if (!analysis.transcript) return analysis;
  const transcript = edited(analysis.transcript, change);
  return transcript === analysis.transcript ? analysis : { ...analysis, transcript };
}

/* ---- telling the API ---- */

export type Patch = Omit<Edit, "version">;

/** One request. `recount` takes another one afterwards: see repair(). */
export function patchOf(change: Change): Patch {
  switch (change.kind) {
    case "text":
      return { segments: change.edits.map((e) => ({ index: e.at.index, text: e.after })) };
    case "speaker":
      return {
        ...(change.add.length && { add: change.add.map(({ id, name }) => ({ label: id, name })) }),
        segments: change.edits.map((e) => ({ index: e.at.index, speaker: e.after })),
      };
    case "name":
      return { speakers: [{ label: change.label, name: change.after }] };
    case "merge":
      return { merge: [{ from: change.from.id, into: change.into.id }] };
    case "count":
      return { speakerCount: change.after };
    case "recount":
      return { speakerCount: change.count };
    case "field":
      return { [change.field]: change.after };
  }
}

/** After the speakers were told apart anew: what is still to be corrected so that they are as they were. */
export function repair(analysis: Analysis, change: Change): Patch | null {
  if (change.kind !== "recount") return null;
  const present = new Map(speakersOf(analysis).map((s) => [s.id, s.name]));
  const add = change.speakers.filter((s) => !present.has(s.id)).map(({ id, name }) => ({ label: id, name }));
  const speakers = change.speakers
    .filter((s) => present.has(s.id) && present.get(s.id) !== s.name)
    .map(({ id, name }) => ({ label: id, name }));
  const segments = segmentsOf(analysis).flatMap((segment, index) => {
    const speaker = mostlySaid(change.said, segment);
    return speaker && speaker !== segment.speaker ? [{ index, speaker }] : [];
  });
  if (!add.length && !speakers.length && !segments.length) return null;
  return { ...(add.length && { add }), ...(segments.length && { segments }), ...(speakers.length && { speakers }) };
}

function mostlySaid(all: readonly Said[], segment: Segment): string | null {
  const time = new Map<string, number>();
  for (const s of all) {
    const overlap = Math.min(s.end, segment.end) - Math.max(s.start, segment.start);
    if (overlap > 0) time.set(s.speaker, (time.get(s.speaker) ?? 0) + overlap);
  }
  return [...time].sort((a, b) => b[1] - a[1])[0]?.[0] ?? null;
}

/* ---- when somebody else was faster ---- */

export type Misfit =
  /** the words are others now, or gone */
  | { why: "text"; mine: string; theirs: string | null }
  | { why: "speaker-gone"; label: string }
  | { why: "said-by-other" }
  | { why: "renamed"; mine: string; theirs: string }
  | { why: "field" };

export type Rebased = { fits: true; change: Change } | { fits: false; misfit: Misfit };

const near = (a: number, b: number): boolean => Math.abs(a - b) < 0.0015;

/** Where a segment is now; -1 when it was removed or cut. */
export function locate(segments: readonly Segment[], at: SegmentRef): number {
  const is = (s: Segment | undefined) => s !== undefined && near(s.start, at.start) && near(s.end, at.end);
  return is(segments[at.index]) ? at.index : segments.findIndex(is);
}

const refused = (misfit: Misfit): Rebased => ({ fits: false, misfit });

/** The same change to an analysis that has changed since; `force` makes it also over what others wrote. */
export function rebase(change: Change, analysis: Analysis, force = false): Rebased {
  const segments = segmentsOf(analysis);
  const labels = new Map(speakersOf(analysis).map((s) => [s.id, s]));
  switch (change.kind) {
    case "text": {
      const edits: TextEdit[] = [];
      for (const edit of change.edits) {
        const index = locate(segments, edit.at);
        const segment = segments[index];
        if (!segment) return refused({ why: "text", mine: edit.after, theirs: null });
        if (segment.text !== edit.before && segment.text !== edit.after && !force)
          return refused({ why: "text", mine: edit.after, theirs: segment.text });
        edits.push({ at: refOf(segment, index), before: segment.text, after: edit.after });
      }
      return { fits: true, change: { kind: "text", edits } };
    }
    case "speaker": {
      const add = change.add.filter((s) => !labels.has(s.id));
      const edits: SpeakerEdit[] = [];
      for (const edit of change.edits) {
        if (!labels.has(edit.after) && !add.some((s) => s.id === edit.after))
          return refused({ why: "speaker-gone", label: edit.after });
        const index = locate(segments, edit.at);
        const segment = segments[index];
        if (!segment) return refused({ why: "text", mine: "", theirs: null });
        if (segment.speaker !== edit.before && segment.speaker !== edit.after && !force)
          return refused({ why: "said-by-other" });
        edits.push({ at: refOf(segment, index), before: segment.speaker ?? "", after: edit.after });
      }
      return { fits: true, change: { kind: "speaker", edits, add } };
    }
    case "name": {
      const speaker = labels.get(change.label);
      if (!speaker) return refused({ why: "speaker-gone", label: change.label });
      if (speaker.name !== change.before && speaker.name !== change.after && !force)
        return refused({ why: "renamed", mine: change.after, theirs: speaker.name });
      return { fits: true, change: { ...change, before: speaker.name } };
    }
    case "merge": {
      const from = labels.get(change.from.id);
      const into = labels.get(change.into.id);
      if (!from || !into) return refused({ why: "speaker-gone", label: from ? change.into.id : change.from.id });
      const said = segments.flatMap((s, i) => (s.speaker === from.id ? [refOf(s, i)] : []));
      return { fits: true, change: { ...change, segments: said } };
    }
    case "count":
    case "recount":
      return { fits: true, change };
    case "field": {
      const present: unknown = analysis[change.field];
      const same = JSON.stringify(present ?? null) === JSON.stringify(change.before ?? null);
      return same || force ? { fits: true, change: { ...change, before: present } } : refused({ why: "field" });
    }
  }
}
