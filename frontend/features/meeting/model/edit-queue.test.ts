import { beforeEach, expect, test, vi } from "vitest";
import { type Analysis, ApiError, type Edit } from "@/lib/api/client";
import { apply, changeName, changeTexts } from "./edit";
import { EditQueue } from "./edit-queue";
import { sample, textsOf } from "./sample";

/** A server that takes texts and names, with versions as the real one. */
class Server {
  analysis: Analysis = sample();
  failWith: ApiError | null = null;
  patches: Edit[] = [];
  readonly saved = vi.fn();

  read = async () => this.analysis;
  patch = async (edit: Edit) => {
    this.patches.push(edit);
    if (this.failWith) throw this.failWith;
    if (edit.version !== this.analysis.version)
      throw new ApiError(409, "conflict", "changed", { version: this.analysis.version });
    for (const { index, text } of edit.segments ?? [])
      this.change(apply(this.analysis, changeTexts(this.analysis, [{ index, text: text! }])!));
    for (const { label, name } of edit.speakers ?? [])
      this.change(apply(this.analysis, changeName(this.analysis, label, name)!));
    return this.analysis;
  };
  change(next: Analysis) {
    this.analysis = { ...next, version: this.analysis.version + 1 };
  }
  onSaved = this.saved;
}

let server: Server;
let queue: EditQueue;
const text = (index: number, words: string) => changeTexts(queue.state().analysis, [{ index, text: words }])!;

beforeEach(() => {
  server = new Server();
  queue = new EditQueue(server.analysis, server);
});

test("a change is seen at once and saved", async () => {
  const saved = queue.change(text(0, "We meet in Ljubljana."));
  expect(textsOf(queue.state().analysis)[0]).toBe("We meet in Ljubljana.");
  expect(queue.state().isSaving).toBe(true);
  expect(await saved).toBe(true);
  expect(textsOf(server.analysis)[0]).toBe("We meet in Ljubljana.");
  expect(server.saved).toHaveBeenCalledWith(server.analysis);
});

test("changes that come fast are sent one after the other, each with the version before it", async () => {
  const all = [queue.change(text(0, "One.")), queue.change(text(1, "Two.")), queue.change(text(2, "Three."))];
  expect(textsOf(queue.state().analysis).slice(0, 3)).toEqual(["One.", "Two.", "Three."]);
  expect(await Promise.all(all)).toEqual([true, true, true]);
  expect(server.patches.map((p) => p.version)).toEqual([1, 2, 3]);
});

test("undo and redo go through the server", async () => {
  await queue.change(text(0, "One."));
  expect(queue.state().canUndo).toBe(true);
  await queue.undo();
  expect(textsOf(server.analysis)[0]).toBe("We meet in Lublana.");
  expect(queue.state()).toMatchObject({ canUndo: false, canRedo: true });
  await queue.redo();
  expect(textsOf(server.analysis)[0]).toBe("One.");
});

test("after a new change there is nothing to do again", async () => {
  await queue.change(text(0, "One."));
  await queue.undo();
  await queue.change(text(1, "Two."));
  expect(queue.state().canRedo).toBe(false);
});

test("when somebody else was faster elsewhere, the change is made again on theirs", async () => {
  server.change(apply(server.analysis, changeName(server.analysis, "S2", "Bo")!));
  expect(await queue.change(text(0, "One."))).toBe(true);
  expect(server.analysis.transcript!.speakers![1]!.name).toBe("Bo");
  expect(textsOf(server.analysis)[0]).toBe("One.");
});

test("when somebody else changed the same, a person decides; theirs is shown until then", async () => {
  server.change(apply(server.analysis, changeTexts(server.analysis, [{ index: 0, text: "Theirs." }])!));
  const saved = queue.change(text(0, "Mine."));
  await vi.waitFor(() => expect(queue.state().problem?.kind).toBe("conflict"));
  expect(textsOf(queue.state().analysis)[0]).toBe("Theirs.");
  queue.retry(true);
  expect(await saved).toBe(true);
  expect(textsOf(server.analysis)[0]).toBe("Mine.");
  await queue.undo();
  expect(textsOf(server.analysis)[0]).toBe("Theirs.");
});

test("a conflict can be given up", async () => {
  server.change(apply(server.analysis, changeTexts(server.analysis, [{ index: 0, text: "Theirs." }])!));
  const saved = queue.change(text(0, "Mine."));
  await vi.waitFor(() => expect(queue.state().problem).not.toBeNull());
  queue.discard();
  expect(await saved).toBe(false);
  expect(queue.state()).toMatchObject({ problem: null, canUndo: false, unsaved: 0 });
});

test("without a connection the change stays, and is saved when one tries again", async () => {
  server.failWith = new ApiError(0, "unreachable", "The server does not answer.");
  const saved = queue.change(text(0, "One."));
  await vi.waitFor(() => expect(queue.state().problem?.kind).toBe("waiting"));
  expect(textsOf(queue.state().analysis)[0]).toBe("One.");
  const second = queue.change(text(1, "Two."));
  expect(queue.state().unsaved).toBe(2);
  server.failWith = null;
  queue.retry();
  expect(await Promise.all([saved, second])).toEqual([true, true]);
  expect(textsOf(server.analysis).slice(0, 2)).toEqual(["One.", "Two."]);
});

test("what the server refuses is named, and the rest goes on", async () => {
  server.failWith = new ApiError(400, "invalid", "segments[0].text: is too long");
  const saved = queue.change(text(0, "One."));
  await vi.waitFor(() => expect(queue.state().problem?.kind).toBe("refused"));
  expect(textsOf(queue.state().analysis)[0]).toBe("We meet in Lublana.");
  const second = queue.change(text(1, "Two."));
  server.failWith = null;
  queue.discard();
  expect(await saved).toBe(false);
  expect(await second).toBe(true);
  expect(textsOf(server.analysis).slice(0, 2)).toEqual(["We meet in Lublana.", "Two."]);
});

test("a server that is always ahead does not make it try for ever", async () => {
  const patch = vi.fn(async () => {
    throw new ApiError(409, "conflict", "changed", { version: 99 });
  });
  queue = new EditQueue(server.analysis, { ...server, read: server.read, patch, onSaved: server.saved });
  void queue.change(text(0, "One."));
  await vi.waitFor(() => expect(queue.state().problem?.kind).toBe("waiting"));
  expect(patch.mock.calls.length).toBeLessThan(10);
});
