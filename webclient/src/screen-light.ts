// Copyright (c) 2026 The Dragoman authors. MIT License, see LICENSE.
// Keeps the screen on while recording: a phone that goes to sleep stops listening.

export class ScreenLight {
  readonly #wakeLock: WakeLock | undefined;
  #sentinel: WakeLockSentinel | null = null;
  #wanted = false;
  #changing = false;

  /** Without a wake lock (an older browser) the screen does as it likes. */
  constructor(wakeLock: WakeLock | undefined) {
    this.#wakeLock = wakeLock;
  }

  /** To be said again when the page is visible again: the browser takes the lock back when it is hidden. */
  async keep(wanted: boolean): Promise<void> {
    this.#wanted = wanted;
    if (this.#changing || this.#kept === wanted) return;
    this.#changing = true;
    await (wanted ? this.#acquire() : this.#release());
    this.#changing = false;
    // The person may have stopped while the browser was still thinking.
    if (this.#wanted !== wanted) await this.keep(this.#wanted);
  }

  get #kept(): boolean {
    return this.#sentinel !== null && !this.#sentinel.released;
  }

  async #acquire(): Promise<void> {
    try {
      this.#sentinel = (await this.#wakeLock?.request("screen")) ?? null;
    } catch (error) {
      // Refused, e.g. on a low battery or in a hidden page: recording goes on without it.
      if (!(error instanceof DOMException)) throw error;
    }
  }

  async #release(): Promise<void> {
    await this.#sentinel?.release();
    this.#sentinel = null;
  }
}
