import { describe, expect, test } from "vitest";
import * as e from "./edit";
import { sample, saidBy, textsOf } from "./sample";

const invert = (change: e.Change): e.Change => {
  const inverse = e.invert(change);
  if (!inverse) throw new Error("cannot be taken back");
  return inverse;
};

describe("a change of words", () => {
  const change = e.changeTexts(sample(), [{ index: 0, text: "We meet in Ljubljana." }])!;

  test("shows the new text and leaves all other segments the same objects", () => {
    const before = sample();
    const after = e.apply(before, change);
    expect(textsOf(after)[0]).toBe("We meet in Ljubljana.");
    expect(after.transcript!.segments[1]).toBe(before.transcript!.segments[1]);
    expect(textsOf(before)[0]).toBe("We meet in Lublana.");
  });

  test("keeps the times of words that stay, and trusts what a person wrote", () => {
    const { words } = e.apply(sample(), change).transcript!.segments[0]!;
    expect(words.map((w) => w.start)).toEqual([0, 1, 2, 3]);
    expect(words.map((w) => w.confidence)).toEqual([0.5, 0.5, 0.5, 1]);
  });

  test("is taken back by its inverse", () => {
    expect(textsOf(e.apply(e.apply(sample(), change), invert(change)))).toEqual(textsOf(sample()));
  });

  test("is sent as whole segments", () => {
    expect(e.patchOf(change)).toEqual({ segments: [{ index: 0, text: "We meet in Ljubljana." }] });
  });

  test("is none when nothing is different", () => {
    expect(e.changeTexts(sample(), [{ index: 1, text: "Is that all right?" }])).toBeNull();
  });

  test("that empties a segment removes it, and has no inverse", () => {
    const gone = e.changeTexts(sample(), [{ index: 3, text: "" }])!;
    expect(textsOf(e.apply(sample(), gone))).toHaveLength(3);
    expect(e.invert(gone)).toBeNull();
  });
});

describe("another speaker", () => {
  test("says the segments, word for word, and back", () => {
    const change = e.changeSpeaker(sample(), 0, 2, "S2")!;
    const after = e.apply(sample(), change);
    expect(saidBy(after)).toEqual(["S2", "S2", "S2", "S1"]);
    expect(after.transcript!.segments[0]!.words.every((w) => w.speaker === "S2")).toBe(true);
    expect(saidBy(e.apply(after, invert(change)))).toEqual(saidBy(sample()));
  });

  test("who is new is added first, and goes when it is taken back", () => {
    const label = e.freeLabel(sample());
    const change = e.changeSpeaker(sample(), 2, 3, label, [{ id: label, name: "" }])!;
    expect(e.patchOf(change)).toEqual({ add: [{ label: "S3", name: "" }], segments: [{ index: 2, speaker: "S3" }] });
    const back = e.apply(e.apply(sample(), change), invert(change));
    expect(back.transcript!.speakers).toHaveLength(2);
    expect(saidBy(back)).toEqual(saidBy(sample()));
  });
});

describe("speakers", () => {
  test("are renamed and named back", () => {
    const change = e.changeName(sample(), "S1", "Anna")!;
    const after = e.apply(sample(), change);
    expect(after.transcript!.speakers![0]!.name).toBe("Anna");
    expect(e.apply(after, invert(change)).transcript!.speakers![0]!.name).toBe("Ann");
  });

  test("that are merged share segments and turns; the one without a name gets the other's", () => {
    const after = e.apply(sample(), e.mergeSpeakers(sample(), "S1", "S2")!);
    expect(after.transcript!.speakers).toEqual([{ id: "S2", name: "Ann" }]);
    expect(new Set(saidBy(after))).toEqual(new Set(["S2"]));
    expect(after.transcript!.turns!.every((t) => t.speaker === "S2")).toBe(true);
  });

  test("that were merged are told apart again", () => {
    const change = e.mergeSpeakers(sample(), "S2", "S1")!;
    const back = e.apply(e.apply(sample(), change), invert(change));
    expect(saidBy(back)).toEqual(saidBy(sample()));
    expect(back.transcript!.speakers!.map((s) => s.id)).toEqual(["S1", "S2"]);
  });

  test("of another number are taken back with names and corrections by hand", () => {
    const byHand = e.apply(sample(), e.changeSpeaker(sample(), 1, 2, "S2")!);
    const undo = invert(e.changeCount(byHand, 1)!);
    expect(e.patchOf(undo)).toEqual({ speakerCount: 2 });
    const toldApartAnew = e.apply(sample(), { kind: "name", label: "S1", before: "Ann", after: "" });
    expect(e.repair(toldApartAnew, undo)).toEqual({
      segments: [{ index: 1, speaker: "S2" }],
      speakers: [{ label: "S1", name: "Ann" }],
    });
    expect(e.repair(byHand, undo)).toBeNull();
  });
});

describe("when somebody else was faster", () => {
  const change = e.changeTexts(sample(), [{ index: 2, text: "Yes, on Tuesday." }])!;

  test("a change goes on where it still fits, under its new number", () => {
    const shorter = e.apply(sample(), e.changeTexts(sample(), [{ index: 0, text: "" }])!);
    const moved = e.rebase(change, shorter);
    expect(moved.fits && e.patchOf(moved.change)).toEqual({ segments: [{ index: 1, text: "Yes, on Tuesday." }] });
  });

  test("words that both have changed are not overwritten unless one insists", () => {
    const theirs = e.apply(sample(), e.changeTexts(sample(), [{ index: 2, text: "Yes, on Friday." }])!);
    expect(e.rebase(change, theirs)).toEqual({
      fits: false,
      misfit: { why: "text", mine: "Yes, on Tuesday.", theirs: "Yes, on Friday." },
    });
    const forced = e.rebase(change, theirs, true);
    expect(forced.fits && textsOf(e.apply(theirs, forced.change))[2]).toBe("Yes, on Tuesday.");
    expect(forced.fits && textsOf(e.apply(theirs, invert(forced.change)))[2]).toBe("Yes, on Friday.");
  });

  test("the same correction by two people is no conflict", () => {
    expect(e.rebase(change, e.apply(sample(), change)).fits).toBe(true);
  });

  test("a passage that is gone says so", () => {
    const gone = e.apply(sample(), e.changeTexts(sample(), [{ index: 2, text: "" }])!);
    expect(e.rebase(change, gone)).toMatchObject({ fits: false, misfit: { why: "text", theirs: null } });
  });

  test("a speaker who was merged away cannot be named, nor say anything", () => {
    const merged = e.apply(sample(), e.mergeSpeakers(sample(), "S2", "S1")!);
    const gone = { fits: false, misfit: { why: "speaker-gone", label: "S2" } };
    expect(e.rebase(e.changeName(sample(), "S2", "Bo")!, merged)).toEqual(gone);
    expect(e.rebase(e.changeSpeaker(sample(), 0, 1, "S2")!, merged)).toEqual(gone);
  });

  test("two names for one speaker are shown to the person who came second", () => {
    const theirs = e.apply(sample(), e.changeName(sample(), "S1", "Anne")!);
    expect(e.rebase(e.changeName(sample(), "S1", "Anna")!, theirs)).toEqual({
      fits: false,
      misfit: { why: "renamed", mine: "Anna", theirs: "Anne" },
    });
  });

  test("a merge takes along what was given to that speaker meanwhile", () => {
    const theirs = e.apply(sample(), e.changeSpeaker(sample(), 3, 4, "S2")!);
    const merge = e.rebase(e.mergeSpeakers(sample(), "S2", "S1")!, theirs);
    expect(merge.fits && merge.change.kind === "merge" && merge.change.segments.map((s) => s.index)).toEqual([2, 3]);
  });
});
