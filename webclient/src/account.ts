// Copyright (c) 2026 The Dragoman authors. MIT License, see LICENSE.
// Who is signed in.
//
//   from           on                          to
//   unknown        the server knows them       in
//   unknown        an answer 401               out (nothing of theirs is on the page)
//   in             an answer 401               expired (what is on the page stays)
//   out, expired   the server knows them       in (they signed in again, in another tab perhaps)
//   in, expired    it knows somebody else      out (what is on the page is not theirs)
//   any            signOut()                   out

import { type Fetch, fetchMe, fetchSignIn, type SignIn, signOut } from "./api";
import { Trouble } from "./trouble";

export interface AccountState {
  readonly phase: "unknown" | "in" | "out" | "expired";
  /** Empty unless signed in. */
  readonly name: string;
  /** Null until it is needed, and where the server does not say. */
  readonly signIn: SignIn | null;
}

export const NOBODY_YET: AccountState = { phase: "unknown", name: "", signIn: null };

export class Account {
  readonly #fetch: Fetch;
  readonly #onChange: () => void;
  readonly #onOther: () => void;
  /** Whose things are on the page; empty while nobody's are. */
  #id = "";
  #state: AccountState = NOBODY_YET;
  #learning: Promise<void> | null = null;

  /** `onOther`: somebody else has signed in, in another tab. */
  constructor(fetch: Fetch, onChange: () => void, onOther: () => void) {
    this.#fetch = fetch;
    this.#onChange = onChange;
    this.#onOther = onOther;
  }

  get state(): AccountState {
    return this.#state;
  }

  /** Asks the server. Where it cannot be asked, things stay as they are: whoever loads something will say so. */
  async check(): Promise<void> {
    try {
      const { id, displayName } = await fetchMe(this.#fetch);
      if (this.#id !== "" && this.#id !== id) return this.#leaveToOther();
      this.#id = id;
      this.#set({ phase: "in", name: displayName });
    } catch (error) {
      if (!(error instanceof Trouble)) throw error;
      if (error.code === "not_signed_in") await this.refused();
    }
  }

  /** The server answered that nobody is signed in. */
  async refused(): Promise<void> {
    if (this.#state.phase === "unknown") this.#set({ phase: "out" });
    if (this.#state.phase === "in") this.#set({ phase: "expired" });
    if (this.#state.signIn !== null) return;
    this.#learning ??= this.#learnSignIn();
    await this.#learning;
  }

  /** Resolves to the address to go on to; rejects with Trouble. */
  async signOut(): Promise<string> {
    const next = await signOut(this.#fetch);
    this.#empty();
    return next;
  }

  #leaveToOther(): void {
    this.#empty();
    this.#onOther();
  }

  #empty(): void {
    this.#id = "";
    this.#set({ phase: "out", name: "" });
  }

  async #learnSignIn(): Promise<void> {
    try {
      this.#set({ signIn: await fetchSignIn(this.#fetch) });
    } catch (error) {
      if (!(error instanceof Trouble)) throw error;
    } finally {
      this.#learning = null;
    }
  }

  #set(change: Partial<AccountState>): void {
    this.#state = { ...this.#state, ...change };
    this.#onChange();
  }
}
