// Copyright (c) 2026 The Dragoman authors. MIT License, see LICENSE.
// Everything the page shows and everything a person can do on it, without saying how it looks.

import { fetchLanguages } from "./api";
import { fetchConversation } from "./conversations";
import type { LanguagePair, Languages } from "./languages";
import * as languages from "./languages";
import type { Preferences } from "./preferences";
import { Recording, type RecordingSeams, type RecordingState } from "./recording";
import { fromStored } from "./transcript";
import { Trouble } from "./trouble";

export interface PageState {
  /** Null until the server has said which. */
  readonly languages: Languages | null;
  readonly pair: LanguagePair | null;
  readonly recording: RecordingState;
  /** Loading the page's data failed, or the recording did. */
  readonly trouble: Trouble | null;
  /** The translations come from the demonstration model, and the person has not waved that aside. */
  readonly demonstrationHint: boolean;
  /** Each text says how long it took. */
  readonly showsDelays: boolean;
}

export interface PageActions {
  start(): void;
  stop(): void;
  chooseSource(code: string): void;
  chooseTarget(code: string): void;
  swapLanguages(): void;
  /** Loads again what could not be loaded. */
  retry(): void;
  dismissTrouble(): void;
  dismissNotice(code: string): void;
  dismissHint(): void;
  showDelays(shows: boolean): void;
  /** How loud the microphone is now, from 0 to 1. */
  level(): number;
  /** Since recording began. */
  elapsedMs(): number;
}

export interface PageSeams extends RecordingSeams {
  readonly preferences: Preferences;
  readonly address: Address;
}

/** The query of the page's address. */
export interface Address {
  read(): string;
  replace(query: string): void;
}

export class Page implements PageActions {
  readonly #seams: PageSeams;
  readonly #onChange: (state: PageState) => void;
  readonly #recording: Recording;
  #languages: Languages | null = null;
  #pair: LanguagePair | null = null;
  #trouble: Trouble | null = null;
  #showsDelays: boolean;

  constructor(seams: PageSeams, onChange: (state: PageState) => void) {
    this.#seams = seams;
    this.#showsDelays = seams.preferences.showsDelays;
    this.#onChange = onChange;
    this.#recording = new Recording(seams, () => this.#onRecording());
  }

  get state(): PageState {
    return {
      languages: this.#languages,
      pair: this.#pair,
      recording: this.#recording.state,
      trouble: this.#trouble ?? this.#recording.state.trouble,
      demonstrationHint:
        this.#languages?.demonstrationModel === true && !this.#seams.preferences.hintDismissed,
      showsDelays: this.#showsDelays,
    };
  }

  async load(): Promise<void> {
    const { fetch, address, preferences } = this.#seams;
    try {
      const offered = await fetchLanguages(fetch);
      this.#languages = offered;
      this.#pair = languages.choosePair(offered, address.read(), preferences.pair);
      this.#trouble = null;
      this.#changed();
      await this.#restore();
    } catch (error) {
      if (!(error instanceof Trouble)) throw error;
      this.#trouble = error;
    }
    this.#changed();
  }

  /** The person is back on the page: perhaps what was missing (the sign-in, the server) is there now. */
  onVisible(): void {
    if (this.#trouble !== null) this.retry();
  }

  retry(): void {
    void this.load();
  }

  start(): void {
    if (this.#pair === null) return;
    this.#seams.preferences.conversationId = null;
    void this.#recording.start(this.#pair);
  }

  stop(): void {
    this.#recording.stop();
  }

  leave(): void {
    this.#recording.leave();
  }

  /** The conversation that is shown is gone. */
  forget(): void {
    this.#seams.preferences.conversationId = null;
    this.#recording.clear();
  }

  chooseSource(code: string): void {
    if (this.#pair && this.#languages) this.#choose(languages.withSource(this.#pair, code, this.#languages));
  }

  chooseTarget(code: string): void {
    if (this.#pair && this.#languages) this.#choose(languages.withTarget(this.#pair, code, this.#languages));
  }

  swapLanguages(): void {
    if (this.#pair) this.#choose(languages.swapped(this.#pair));
  }

  dismissTrouble(): void {
    this.#trouble = null;
    this.#recording.dismissTrouble();
  }

  dismissNotice(code: string): void {
    this.#recording.dismissNotice(code);
  }

  dismissHint(): void {
    this.#seams.preferences.dismissHint();
    this.#changed();
  }

  showDelays(shows: boolean): void {
    this.#showsDelays = shows;
    this.#seams.preferences.showsDelays = shows;
    this.#changed();
  }

  level(): number {
    return this.#recording.level();
  }

  elapsedMs(): number {
    const { liveSinceMs } = this.#recording.state;
    return liveSinceMs === null ? 0 : this.#seams.now() - liveSinceMs;
  }

  #choose(pair: LanguagePair): void {
    const { address, preferences } = this.#seams;
    this.#pair = pair;
    preferences.pair = pair;
    address.replace(languages.addressWith(address.read(), pair));
    this.#recording.setLanguages(pair);
    this.#changed();
  }

  /** Shows again what this tab showed before it was reloaded. */
  async #restore(): Promise<void> {
    const { fetch, preferences } = this.#seams;
    const id = preferences.conversationId;
    if (id === null) return;
    try {
      const stored = await fetchConversation(fetch, id);
      // By now the person may have started a new one.
      if (preferences.conversationId === id) this.#recording.show(fromStored(stored));
    } catch (error) {
      if (!(error instanceof Trouble)) throw error;
      // Nothing was said in it, or it is another person's: there is nothing to show.
      if (error.code !== "not_found") throw error;
      preferences.conversationId = null;
    }
  }

  #onRecording(): void {
    const { phase, transcript } = this.#recording.state;
    if (phase === "live") this.#seams.preferences.conversationId = transcript.conversationId;
    this.#changed();
  }

  #changed(): void {
    this.#onChange(this.state);
  }
}
