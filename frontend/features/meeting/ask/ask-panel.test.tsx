import { screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { beforeAll, expect, test, vi } from "vitest";
import { EVIL, job, showInMeeting } from "../test-meeting";
import { AskPanel } from "./ask-panel";

beforeAll(() => {
  vi.stubGlobal("ResizeObserver", class { observe() {} unobserve() {} disconnect() {} });
});

const answer = {
  answer: `In April, says ${EVIL}.`,
  citations: [{ segment: 0, start: 0, end: 20, speaker: null, quote: "We launch in April and not before." }],
  insufficientEvidence: false,
  from: "passages",
  provider: "builtin",
  model: "",
  notes: ["The model did not answer."],
};

test("an answer is text, and its evidence can be played", async () => {
  const { sent, container } = showInMeeting(<AskPanel />, {}, () => answer);
  await userEvent.type(screen.getByRole("textbox", { name: "Ask about this meeting" }), "  When do   we launch? {Enter}");
  await screen.findByText(answer.answer);
  expect(sent).toEqual([{ path: `/api/jobs/${job.jobId}/ask`, method: "POST", body: { question: "When do we launch?" } }]);
  expect(screen.getByRole("button", { name: "Play 0:00: “We launch in April and not before.”" })).toBeTruthy();
  expect(screen.getByText("The model did not answer.")).toBeTruthy();
  expect(container.querySelector("img")).toBeNull();
});

test("what the meeting does not say is said so, by nobody", async () => {
  showInMeeting(<AskPanel />, {}, () => ({ ...answer, answer: "Nobody said.", citations: [], insufficientEvidence: true, notes: [] }));
  await userEvent.click(screen.getByRole("button", { name: "What was decided?" }));
  await screen.findByText("Nobody said.");
  expect(screen.queryByText(/Answered by/)).toBeNull();
});

test("an answer that nobody understands is an error, and the question stays", async () => {
  showInMeeting(<AskPanel />, {}, () => ({ hello: 1 }));
  const box = screen.getByRole<HTMLInputElement>("textbox", { name: "Ask about this meeting" });
  await userEvent.type(box, "Why?{Enter}");
  await waitFor(() => expect(screen.getByRole("alert")).toBeTruthy());
  expect(box.value).toBe("Why?");
});
