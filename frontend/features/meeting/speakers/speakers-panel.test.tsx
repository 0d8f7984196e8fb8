import { fireEvent, screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, test } from "vitest";
import { analysis, EVIL, showInMeeting } from "../test-meeting";
import { SpeakersPanel } from "./speakers-panel";

const saved = () => ({ ...analysis, version: 2 });

test("a name is saved when one leaves the field, and an unchanged one is not", async () => {
  const { sent } = showInMeeting(<SpeakersPanel />, {}, saved);
  const field = screen.getByRole("textbox", { name: "Name of Speaker 2" });
  await userEvent.type(field, "Bo{Enter}");
  await waitFor(() => expect(sent).toHaveLength(1));
  expect(sent[0]!.body).toEqual({ version: 1, speakers: [{ label: "S2", name: "Bo" }] });
  await userEvent.click(screen.getByRole("textbox", { name: "Name of Ann" }));
  await userEvent.tab();
  expect(sent).toHaveLength(1);
});

test("a name is text, whatever is in it", () => {
  const transcript = { ...analysis.transcript!, speakers: [{ id: "S1", name: EVIL }, { id: "S2", name: "" }] };
  const { container } = showInMeeting(<SpeakersPanel />, { transcript });
  expect(screen.getByDisplayValue(EVIL)).toBeTruthy();
  expect(container.querySelector("img")).toBeNull();
});

test("two labels of one person are merged", async () => {
  const { sent } = showInMeeting(<SpeakersPanel />, {}, saved);
  await userEvent.click(screen.getAllByRole("button", { name: "Same person as…" })[1]!);
  await userEvent.click(await screen.findByRole("menuitem", { name: "Ann" }));
  await waitFor(() => expect(sent[0]?.body).toEqual({ version: 1, merge: [{ from: "S2", into: "S1" }] }));
});

test("several steps of the number of speakers are one request", async () => {
  const { sent } = showInMeeting(<SpeakersPanel />, {}, saved);
  const more = screen.getByRole("button", { name: "One speaker more" });
  fireEvent.click(more);
  fireEvent.click(more);
  expect(screen.getByRole<HTMLInputElement>("slider", { name: "Number of speakers" }).value).toBe("4");
  await waitFor(() => expect(sent).toHaveLength(1));
  expect(sent[0]!.body).toEqual({ version: 1, speakerCount: 4 });
});

test("a voice that is known is only a suggestion until one says yes", async () => {
  const speakers = [{ id: "S1", name: "Ann" }, { id: "S2", name: "", suggestion: "Bo", similarity: 0.83 }];
  const { sent } = showInMeeting(<SpeakersPanel />, { transcript: { ...analysis.transcript!, speakers } }, saved);
  expect(screen.getByText(/Sounds like Bo \(83 %\)/)).toBeTruthy();
  await userEvent.click(screen.getByRole("button", { name: "Yes, this is Bo" }));
  await waitFor(() => expect(sent[0]?.body).toEqual({ version: 1, speakers: [{ label: "S2", name: "Bo" }] }));
});

test("where nobody was told apart, it says so", () => {
  showInMeeting(<SpeakersPanel />, { transcript: { ...analysis.transcript!, speakers: undefined } });
  expect(screen.getByText("Nobody was told apart")).toBeTruthy();
});
