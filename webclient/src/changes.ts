// Copyright (c) 2026 The Dragoman authors. MIT License, see LICENSE.
// What is asked in a dialog before it is done: another title, deleting, signing out while recording.
//
//   from      on                 to
//   closed    ask(question)      open
//   open      the person agrees  busy
//   busy      it is done         closed
//   busy      it went wrong      open, with the trouble
//   open      the person leaves  closed

import { Trouble } from "./trouble";

/** A conversation, as far as a dialog speaks of it. */
export interface Named {
  readonly id: string;
  readonly title: string;
}

export type Question =
  | { readonly kind: "rename"; readonly conversation: Named }
  | { readonly kind: "delete"; readonly conversation: Named }
  | { readonly kind: "sign_out" };

export interface DialogState {
  readonly question: Question;
  readonly busy: boolean;
  readonly trouble: Trouble | null;
}

export class Changes {
  readonly #onChange: () => void;
  #state: DialogState | null = null;

  constructor(onChange: () => void) {
    this.#onChange = onChange;
  }

  get state(): DialogState | null {
    return this.#state;
  }

  ask(question: Question): void {
    this.#set({ question, busy: false, trouble: null });
  }

  close(): void {
    if (this.#state !== null) this.#set(null);
  }

  /** Does what was asked for, once, and closes the dialog when it is done. */
  async agree(act: () => Promise<void>): Promise<void> {
    const asked = this.#state;
    if (asked === null || asked.busy) return;
    const busy = this.#set({ ...asked, busy: true, trouble: null });
    try {
      await act();
      // By now the person may have closed this one.
      if (this.#state === busy) this.#set(null);
    } catch (error) {
      if (!(error instanceof Trouble)) throw error;
      if (this.#state === busy) this.#set({ ...asked, trouble: error });
    }
  }

  #set<S extends DialogState | null>(state: S): S {
    this.#state = state;
    this.#onChange();
    return state;
  }
}
