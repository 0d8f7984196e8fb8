// Corrections on their way to the server: shown at once, sent one after the other, repeated when somebody else
// was faster, kept when they could not be saved. No React in here.
import { type Analysis, ApiError, type Edit } from "@/lib/api/client";
import { apply, type Change, invert, type Misfit, patchOf, rebase, repair } from "./edit";

export interface Backend {
  read(): Promise<Analysis>;
  patch(edit: Edit): Promise<Analysis>;
  /** the analysis as the server has it now */
  onSaved(analysis: Analysis): void;
}

/** Why nothing more is saved until a person has chosen. */
export type Problem =
  /** somebody else changed the same */
  | { kind: "conflict"; change: Change; misfit: Misfit }
  /** no connection, or a server that is busy: it can be tried again */
  | { kind: "waiting"; change: Change; error: ApiError }
  /** the server will not have it */
  | { kind: "refused"; change: Change; error: ApiError };

export interface EditState {
  /** with everything that was corrected, saved or not */
  analysis: Analysis;
  isSaving: boolean;
  unsaved: number;
  problem: Problem | null;
  canUndo: boolean;
  canRedo: boolean;
}

interface Entry {
  change: Change;
  inverse: Change | null;
}

interface Item {
  change: Change;
  entry: Entry;
  move: "do" | "undo" | "redo";
  force: boolean;
  done: (saved: boolean) => void;
}

const MAX_RACES = 5;

export class EditQueue {
  #base: Analysis;
  #pending: Item[] = [];
  #done: Entry[] = [];
  #undone: Entry[] = [];
  #problem: Problem | null = null;
  #isRunning = false;
  #listeners = new Set<() => void>();
  #state: EditState;

  constructor(
    analysis: Analysis,
    private readonly backend: Backend,
  ) {
    this.#base = analysis;
    this.#state = this.#look();
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  readonly state = (): EditState => this.#state;

  /** Resolves with whether it was saved in the end. */
  readonly change = (change: Change): Promise<boolean> => {
    const entry = { change, inverse: invert(change) };
    this.#done.push(entry);
    this.#undone = [];
    return this.#add(change, entry, "do");
  };

  readonly undo = (): Promise<boolean> => {
    const entry = this.#done.findLast((e) => e.inverse !== null);
    if (!entry?.inverse || this.#problem) return Promise.resolve(false);
    this.#done.splice(this.#done.indexOf(entry), 1);
    this.#undone.push(entry);
    return this.#add(entry.inverse, entry, "undo");
  };

  readonly redo = (): Promise<boolean> => {
    const entry = this.#undone.at(-1);
    if (!entry || this.#problem) return Promise.resolve(false);
    this.#undone.pop();
    this.#done.push(entry);
    return this.#add(entry.change, entry, "redo");
  };

  /** Tries again what was not saved; `force`: also over what others wrote. */
  readonly retry = (force = false): void => {
    const first = this.#pending[0];
    if (first) first.force ||= force;
    this.#problem = null;
    this.#tell();
    void this.#run();
  };

  /** Gives up what was not saved. */
  readonly discard = (): void => {
    const item = this.#pending.shift();
    if (item) {
      const list = item.move === "undo" ? this.#undone : this.#done;
      const at = list.indexOf(item.entry);
      if (at >= 0) list.splice(at, 1);
      item.done(false);
    }
    this.#problem = null;
    this.#tell();
    void this.#run();
  };

  /** What the server has is known anew, as after a stage was done again. */
  readonly replace = (analysis: Analysis): void => {
    if (analysis.version <= this.#base.version && analysis.updatedAt <= this.#base.updatedAt) return;
    this.#base = analysis;
    this.#tell();
  };

  #add(change: Change, entry: Entry, move: Item["move"]): Promise<boolean> {
    return new Promise((done) => {
      this.#pending.push({ change, entry, move, force: false, done });
      this.#tell();
      void this.#run();
    });
  }

  async #run(): Promise<void> {
    if (this.#isRunning) return;
    this.#isRunning = true;
    this.#tell();
    for (let races = 0; this.#pending[0] && !this.#problem; ) {
      const item = this.#pending[0];
      const fit = rebase(item.change, this.#base, item.force);
      if (!fit.fits) {
        this.#problem = { kind: "conflict", change: item.change, misfit: fit.misfit };
        break;
      }
      item.change = fit.change;
      if (item.move !== "undo") Object.assign(item.entry, { change: fit.change, inverse: invert(fit.change) });
      try {
        await this.#save(item.change);
        this.#pending.shift();
        item.done(true);
        races = 0;
      } catch (e) {
        if (!(e instanceof ApiError)) throw e;
        const isRace = e.status === 409 && typeof e.details["version"] === "number" && ++races <= MAX_RACES;
        if (!isRace || !(await this.#reread(item.change)))
          this.#problem ??= { kind: e.isTransient || e.status === 409 ? "waiting" : "refused", change: item.change, error: e };
      }
      this.#tell();
    }
    this.#isRunning = false;
    this.#tell();
  }

  async #save(change: Change): Promise<void> {
    let saved = await this.backend.patch({ version: this.#base.version, ...patchOf(change) });
    const more = repair(saved, change);
    if (more) saved = await this.backend.patch({ version: saved.version, ...more });
    this.#base = saved;
    this.backend.onSaved(saved);
  }

  async #reread(change: Change): Promise<boolean> {
    try {
      this.#base = await this.backend.read();
      this.backend.onSaved(this.#base);
      return true;
    } catch (e) {
      if (!(e instanceof ApiError)) throw e;
      this.#problem = { kind: "waiting", change, error: e };
      return false;
    }
  }

  #look(): EditState {
    let analysis = this.#base;
    for (const [i, item] of this.#pending.entries()) {
      if (i === 0 && this.#problem && this.#problem.kind !== "waiting") continue;
      const fit = rebase(item.change, analysis, item.force);
      if (fit.fits) analysis = apply(analysis, fit.change);
    }
    return {
      analysis,
      isSaving: this.#isRunning,
      unsaved: this.#pending.length,
      problem: this.#problem,
      canUndo: !this.#problem && this.#done.some((e) => e.inverse !== null),
      canRedo: !this.#problem && this.#undone.length > 0,
    };
  }

  #tell(): void {
    this.#state = this.#look();
    for (const listener of this.#listeners) listener();
  }
}
