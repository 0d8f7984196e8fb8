import { expect, test } from "vitest";
import { checkFiles } from "./check-files";
import { webAddress } from "./link-form";
import { jobOptions, noChoice, readChoice, speakersOf, titleFor, writeChoice } from "./options";

test("nothing chosen leaves everything to the server", () => {
  expect(jobOptions(noChoice, ["general"])).toEqual({});
});

test("what makes no sense is not sent", () => {
  for (const speakers of ["0", "101", "two", "-1", "2.5"]) {
    expect(speakersOf({ ...noChoice, speakers })).toBeNaN();
    expect(jobOptions({ ...noChoice, speakers }, [])).toEqual({});
  }
});

test("a remembered kind of meeting that the server no longer has is not sent", () => {
  const choice = { language: "en", speakers: " 4 ", template: "sales-call" };
  expect(jobOptions(choice, ["sales-call"])).toEqual({ language: "en", speakers: 4, minutes: { template: "sales-call" } });
  expect(jobOptions(choice, ["general"])).toEqual({ language: "en", speakers: 4 });
});

test("choices are remembered; what somebody else wrote there is not taken", () => {
  writeChoice({ ...noChoice, language: "en" });
  expect(readChoice().language).toBe("en");
  localStorage.setItem("chip.options", '{"language": 7}');
  expect(readChoice()).toEqual(noChoice);
});

test("one title for several files names each", () => {
  expect(titleFor(" Standup ", "monday.mp3", false)).toBe("Standup");
  expect(titleFor("Standup", "monday.mp3", true)).toBe("Standup: monday");
  expect(titleFor("  ", "monday.mp3", false)).toBeNull();
});

test("only web addresses are links", () => {
  expect(webAddress(" https://example.com/a.mp3 ")).toBe("https://example.com/a.mp3");
  for (const text of ["", "a.mp3", "file:///etc/passwd", "javascript:alert(1)"]) expect(webAddress(text)).toBeNull();
});

test("empty files and documents are refused with their names, unknown types are not", () => {
  const { good, problems } = checkFiles([
    new File([""], "empty.mp3", { type: "audio/mpeg" }),
    new File(["x"], "notes.pdf", { type: "application/pdf" }),
    new File(["x"], "talk.opus", { type: "" }),
    new File(["x"], "talk.mp4", { type: "video/mp4" }),
  ]);
  expect(good.map(({ name }) => name)).toEqual(["talk.opus", "talk.mp4"]);
  expect(problems.join()).toMatch(/empty\.mp3.*notes\.pdf/);
});
