// Copyright (c) 2026 The Dragoman authors. MIT License, see LICENSE.
// What the browser keeps from one visit to the next. Where it keeps nothing (private windows), nothing is lost
// but the convenience.

import type { LanguagePair } from "./languages";

const PAIR = "dragoman.languages";
const HINT = "dragoman.demonstration-hint-dismissed";
const DELAYS = "dragoman.show-delays";
const CONVERSATION = "dragoman.conversation";

/** The part of Storage that is used. */
export type Store = Pick<Storage, "getItem" | "setItem" | "removeItem">;

export class Preferences {
  /** Across visits. */
  readonly #lasting: Store;
  /** For this tab only. */
  readonly #tab: Store;

  constructor(lasting: Store, tab: Store) {
    this.#lasting = lasting;
    this.#tab = tab;
  }

  get pair(): LanguagePair | null {
    const [source, target] = this.#lasting.getItem(PAIR)?.split(" ") ?? [];
    return source && target ? { source, target } : null;
  }

  set pair(pair: LanguagePair) {
    this.#lasting.setItem(PAIR, `${pair.source} ${pair.target}`);
  }

  get hintDismissed(): boolean {
    return this.#lasting.getItem(HINT) !== null;
  }

  dismissHint(): void {
    this.#lasting.setItem(HINT, "1");
  }

  /** Whether each text says how long it took. */
  get showsDelays(): boolean {
    return this.#lasting.getItem(DELAYS) !== null;
  }

  set showsDelays(shows: boolean) {
    if (shows) this.#lasting.setItem(DELAYS, "1");
    else this.#lasting.removeItem(DELAYS);
  }

  /** The conversation this tab shows, so that it is still there after a reload. */
  get conversationId(): string | null {
    return this.#tab.getItem(CONVERSATION);
  }

  set conversationId(id: string | null) {
    if (id === null) this.#tab.removeItem(CONVERSATION);
    else this.#tab.setItem(CONVERSATION, id);
  }
}

/** The browser's own storage, or one that forgets, where the browser allows none. */
export function storeOrNone(open: () => Storage): Store {
  try {
    const store = open();
    store.setItem("dragoman.probe", "1");
    store.removeItem("dragoman.probe");
    return store;
  } catch (error) {
    if (error instanceof DOMException) return { getItem: () => null, setItem() {}, removeItem() {} };
    throw error;
  }
}
