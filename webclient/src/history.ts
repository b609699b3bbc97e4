// Copyright (c) 2026 The Dragoman authors. MIT License, see LICENSE.
// The list of conversations as it is asked for: at once, or when the person has stopped typing.

import type { Fetch } from "./api";
import { fetchConversations } from "./conversations";
import { type ListEvent, type ListState, NOTHING_LISTED, reduceList } from "./summaries";
import type { Cancel, Timers } from "./timers";
import { Trouble } from "./trouble";

/** Fast typists are never interrupted, and nobody notices the wait. */
export const TYPING_PAUSE_MS = 250;

export interface HistorySeams {
  readonly fetch: Fetch;
  readonly timers: Timers;
}

export class History {
  readonly #seams: HistorySeams;
  readonly #onChange: () => void;
  #state: ListState = NOTHING_LISTED;
  #cancelTyping: Cancel = () => {};

  constructor(seams: HistorySeams, onChange: () => void) {
    this.#seams = seams;
    this.#onChange = onChange;
  }

  get state(): ListState {
    return this.#state;
  }

  async load(query: string): Promise<void> {
    this.#cancelTyping();
    this.#apply({ type: "asked", query: query.trim() });
    await this.#ask(null);
  }

  /** The person types in the search field. `onAsk` is told what is asked for in the end. */
  search(query: string, onAsk: (query: string) => void): void {
    this.#cancelTyping();
    this.#apply({ type: "typed", query });
    this.#cancelTyping = this.#seams.timers.after(TYPING_PAUSE_MS, () => {
      onAsk(query.trim());
      void this.load(query);
    });
  }

  /** The person has gone elsewhere: what was typed last is not asked for any more. */
  cancelSearch(): void {
    this.#cancelTyping();
  }

  async loadMore(): Promise<void> {
    const { nextCursor, question } = this.#state;
    this.#apply({ type: "more" });
    if (this.#state.question !== question) await this.#ask(nextCursor);
  }

  renamed(id: string, title: string): void {
    this.#apply({ type: "renamed", id, title });
  }

  deleted(id: string): void {
    this.#apply({ type: "deleted", id });
  }

  async #ask(cursor: string | null): Promise<void> {
    const { question, query } = this.#state;
    try {
      const page = await fetchConversations(this.#seams.fetch, query, cursor);
      this.#apply({ type: "came", question, page });
    } catch (error) {
      if (!(error instanceof Trouble)) throw error;
      this.#apply({ type: "failed", question, trouble: error });
    }
  }

  #apply(event: ListEvent): void {
    this.#state = reduceList(this.#state, event);
    this.#onChange();
  }
}
