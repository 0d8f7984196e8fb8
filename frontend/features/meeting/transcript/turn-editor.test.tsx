import { fireEvent, screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, test, vi } from "vitest";
import { EditStatus } from "../edit-status";
import { useMeeting } from "../meeting-context";
import { paragraphsOf } from "../model/turns";
import { analysis, showInMeeting } from "../test-meeting";
import { TurnEditor } from "./turn-editor";

const onDone = vi.fn();

function Editor() {
  const { transcript } = useMeeting();
  const [paragraph] = paragraphsOf(transcript!.segments);
  return <TurnEditor paragraph={paragraph!} segments={transcript!.segments.slice(0, 1)} name="Ann" onDone={onDone} />;
}

const show = (answer?: (body: unknown) => unknown) =>
  showInMeeting(
    <>
      <Editor />
      <EditStatus />
    </>,
    {},
    answer,
  );
const box = () => screen.getByRole<HTMLTextAreaElement>("textbox", { name: "What Ann says" });
const write = (text: string) => fireEvent.change(box(), { target: { value: text } });

test("Enter saves what changed, with the version that was read", async () => {
  const { sent } = show(() => ({ ...analysis, version: 2 }));
  write("We launch in May and not before.");
  await userEvent.type(box(), "{Enter}");
  await waitFor(() => expect(sent).toHaveLength(1));
  expect(sent[0]).toMatchObject({
    method: "PATCH",
    body: { version: 1, segments: [{ index: 0, text: "We launch in May and not before." }] },
  });
  expect(onDone).toHaveBeenCalled();
});

test("nothing is sent when nothing changed", async () => {
  const { sent } = show();
  await userEvent.type(box(), "{Enter}");
  expect(sent).toEqual([]);
});

test("Escape leaves it as it was, and forgets what was typed", async () => {
  const first = show();
  write("Something else.");
  await userEvent.type(box(), "{Escape}");
  first.unmount();
  show();
  expect(box().value).toBe("We launch in April and not before.");
});

test("what was typed is still there after the page was left", () => {
  const first = show();
  write("We launch in June.");
  first.unmount();
  show();
  expect(box().value).toBe("We launch in June.");
});

/** As show(), but nothing comes through until connect(). */
function showOffline() {
  const shown = show(() => ({ ...analysis, version: 2 }));
  const online = globalThis.fetch;
  vi.stubGlobal("fetch", () => Promise.reject(new TypeError("network")));
  return { ...shown, connect: () => vi.stubGlobal("fetch", online) };
}

test("without a connection it says what is not saved, and saves it when one tries again", async () => {
  const { sent, connect } = showOffline();
  write("We launch in June.");
  await userEvent.type(box(), "{Enter}");
  expect((await screen.findByRole("alert")).textContent).toContain("1 change is not saved yet");
  connect();
  await userEvent.click(screen.getByRole("button", { name: "Try again" }));
  await waitFor(() => expect(screen.queryByRole("alert")).toBeNull());
  expect(sent[0]!.body).toMatchObject({ segments: [{ index: 0, text: "We launch in June." }] });
});

test("a text that could not be saved is still there after the page was left", async () => {
  const { unmount } = showOffline();
  write("We launch in June.");
  await userEvent.type(box(), "{Enter}");
  await screen.findByRole("alert");
  unmount();
  show();
  expect(box().value).toBe("We launch in June.");
});

test("a passage is removed only after one has said so", async () => {
  const { sent } = show(() => ({ ...analysis, version: 2 }));
  write("");
  await userEvent.type(box(), "{Enter}");
  expect(sent).toEqual([]);
  await userEvent.click(await screen.findByRole("button", { name: "Remove" }));
  await waitFor(() => expect(sent[0]?.body).toEqual({ version: 1, segments: [{ index: 0, text: "" }] }));
});
