// The player: one media element, and where it is. The time is a store of its own with many steps a second, so
// that only what shows it follows it. No React in here; use-player.ts has the hooks.

export interface PlayerState {
  isPlaying: boolean;
  /** 0.5 .. 3 */
  rate: number;
  durationMs: number;
  hasVideo: boolean;
  /** the recording cannot be played; nothing else of the page is worse for it */
  isBroken: boolean;
}

export const MIN_RATE = 0.5;
export const MAX_RATE = 3;

export class Player {
  #media: HTMLMediaElement | null = null;
  #frame = 0;
  #timeMs = 0;
  #state: PlayerState;
  #onTime = new Set<(timeMs: number, isJump: boolean) => void>();
  #onState = new Set<() => void>();

  constructor(durationMs: number) {
    this.#state = { isPlaying: false, rate: 1, durationMs, hasVideo: false, isBroken: false };
  }

  /** Takes the element that plays; the result lets go of it. */
  readonly attach = (media: HTMLMediaElement): (() => void) => {
    this.#media = media;
    const control = new AbortController();
    const on = (type: string, handle: () => void) => media.addEventListener(type, handle, { signal: control.signal });
    on("loadedmetadata", this.#loaded);
    on("play", () => this.#set({ isPlaying: true }));
    on("playing", this.#follow);
    on("pause", () => this.#set({ isPlaying: false }));
    on("ended", () => this.#set({ isPlaying: false }));
    on("seeking", () => this.#step(true));
    on("timeupdate", () => this.#step(false));
    on("ratechange", () => this.#set({ rate: media.playbackRate }));
    on("error", () => this.#set({ isBroken: true, isPlaying: false }));
    if (media.error) this.#set({ isBroken: true });
    else if (media.readyState >= HTMLMediaElement.HAVE_METADATA) this.#loaded();
    return () => {
      control.abort();
      cancelAnimationFrame(this.#frame);
      if (this.#media === media) this.#media = null;
    };
  };

  get timeMs(): number {
    return this.#timeMs;
  }

  readonly state = (): PlayerState => this.#state;

  readonly seek = (timeMs: number, { play = false }: { play?: boolean } = {}): void => {
    const { durationMs } = this.#state;
    this.#timeMs = Math.max(0, Math.min(timeMs, durationMs || timeMs));
    if (this.#media) this.#media.currentTime = this.#timeMs / 1000;
    for (const listener of this.#onTime) listener(this.#timeMs, true);
    if (play) this.play();
  };

  readonly skip = (byMs: number): void => this.seek(this.#timeMs + byMs);

  readonly play = (): void => {
    // A browser may want a click first, or the recording cannot be played: the button shows that it stands.
    this.#media?.play().catch(() => this.#set({ isPlaying: false }));
  };

  readonly pause = (): void => this.#media?.pause();

  readonly toggle = (): void => (this.#state.isPlaying ? this.pause() : this.play());

  readonly setRate = (rate: number): void => {
    const next = Math.max(MIN_RATE, Math.min(MAX_RATE, Math.round(rate * 20) / 20));
    if (this.#media) this.#media.playbackRate = next;
    this.#set({ rate: next });
  };

  /** Each step of playback, and each jump. */
  readonly onTime = (listener: (timeMs: number, isJump: boolean) => void): (() => void) => {
    this.#onTime.add(listener);
    return () => this.#onTime.delete(listener);
  };

  readonly onState = (listener: () => void): (() => void) => {
    this.#onState.add(listener);
    return () => this.#onState.delete(listener);
  };

  #loaded = (): void => {
    const media = this.#media;
    if (!media) return;
    const known = Number.isFinite(media.duration) ? Math.round(media.duration * 1000) : this.#state.durationMs;
    this.#set({ durationMs: known, hasVideo: media instanceof HTMLVideoElement && media.videoWidth > 0, isBroken: false });
    if (Math.abs(media.currentTime * 1000 - this.#timeMs) > 1) media.currentTime = this.#timeMs / 1000;
    media.playbackRate = this.#state.rate;
  };

  // While it plays, the screen's own rhythm; `timeupdate` comes only four times a second.
  #follow = (): void => {
    cancelAnimationFrame(this.#frame);
    const step = () => {
      if (!this.#media || this.#media.paused) return;
      this.#step(false);
      this.#frame = requestAnimationFrame(step);
    };
    this.#frame = requestAnimationFrame(step);
  };

  #step(isJump: boolean): void {
    if (!this.#media) return;
    const now = this.#media.currentTime * 1000;
    if (now === this.#timeMs && !isJump) return;
    this.#timeMs = now;
    for (const listener of this.#onTime) listener(now, isJump);
  }

  #set(change: Partial<PlayerState>): void {
    const next = { ...this.#state, ...change };
    if (Object.entries(change).every(([k, v]) => this.#state[k as keyof PlayerState] === v)) return;
    this.#state = next;
    for (const listener of this.#onState) listener();
  }
}
