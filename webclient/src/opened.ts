// Copyright (c) 2026 The Dragoman authors. MIT License, see LICENSE.
// The one conversation that is open for reading.
//
//   from              on                          to
//   any               open(id), retry()           loading (the same conversation stays in sight meanwhile)
//   loading           it came                     ready
//   loading           there is no such (any more) missing
//   loading           anything else went wrong    failed
//   ready             deleted(its id)             missing

import type { Fetch } from "./api";
import { fetchConversation, type StoredConversation } from "./conversations";
import { Trouble } from "./trouble";

export interface OpenedState {
  readonly phase: "loading" | "ready" | "missing" | "failed";
  readonly id: string;
  readonly conversation: StoredConversation | null;
  readonly trouble: Trouble | null;
}

export const NOTHING_OPENED: OpenedState = { phase: "loading", id: "", conversation: null, trouble: null };

export class Opened {
  readonly #fetch: Fetch;
  readonly #onChange: () => void;
  #state: OpenedState = NOTHING_OPENED;

  constructor(fetch: Fetch, onChange: () => void) {
    this.#fetch = fetch;
    this.#onChange = onChange;
  }

  get state(): OpenedState {
    return this.#state;
  }

  async open(id: string): Promise<void> {
    const kept = this.#state.id === id ? this.#state.conversation : null;
    this.#set({ phase: "loading", id, conversation: kept, trouble: null });
    try {
      this.#settle(id, { phase: "ready", conversation: await fetchConversation(this.#fetch, id) });
    } catch (error) {
      if (!(error instanceof Trouble)) throw error;
      if (error.code === "not_found") this.#settle(id, { phase: "missing", conversation: null });
      else this.#settle(id, { phase: "failed", trouble: error });
    }
  }

  async retry(): Promise<void> {
    await this.open(this.#state.id);
  }

  renamed(id: string, title: string): void {
    const { conversation } = this.#state;
    if (conversation?.id === id) this.#set({ conversation: { ...conversation, title } });
  }

  deleted(id: string): void {
    this.#settle(id, { phase: "missing", conversation: null });
  }

  /** By now the person may have opened another one. */
  #settle(id: string, change: Partial<OpenedState>): void {
    if (this.#state.id === id) this.#set(change);
  }

  #set(change: Partial<OpenedState>): void {
    this.#state = { ...this.#state, ...change };
    this.#onChange();
  }
}
