// Copyright (c) 2026 The Dragoman authors. MIT License, see LICENSE.
// Everything the site shows and does: which view, who is signed in, and what each view is about.
// Recording lives here, above the views, so that walking between them never interrupts it.

import { Account, type AccountState } from "./account";
import { type Fetch, warmUp } from "./api";
import { Changes, type DialogState, type Named } from "./changes";
import { deleteConversation, renameConversation } from "./conversations";
import { History } from "./history";
import { Opened, type OpenedState } from "./opened";
import { Page, type PageActions, type PageSeams, type PageState } from "./page";
import {
  HISTORY_ADDRESS,
  historyAddress,
  type Place,
  type Route,
  routeOf,
  SPEAK_ADDRESS,
  signInAddress,
} from "./route";
import type { ListState } from "./summaries";
import { Trouble } from "./trouble";

export interface SiteState {
  readonly route: Route;
  readonly account: AccountState;
  readonly page: PageState;
  readonly list: ListState;
  readonly opened: OpenedState;
  readonly dialog: DialogState | null;
  /** What has just been done, to be said once; empty where nothing was. */
  readonly done: Done | null;
  /** Wall clock, in milliseconds since 1970. */
  readonly nowMs: number;
}

/** What has just been done, for those who do not see that it was. */
export interface Done {
  readonly what: "renamed" | "deleted";
  readonly title: string;
}

export interface SiteActions {
  readonly page: PageActions;
  go(address: string): void;
  signIn(): void;
  askSignOut(): void;
  signOut(): void;
  /** Loads again what could not be loaded. */
  retry(): void;
  search(query: string): void;
  loadMore(): void;
  askRename(conversation: Named): void;
  askDelete(conversation: Named): void;
  rename(title: string): void;
  delete(): void;
  closeDialog(): void;
  /** False where the browser did not allow it. */
  copy(text: string): Promise<boolean>;
}

export interface SiteSeams extends PageSeams {
  readonly bar: AddressBar;
  readonly clipboard: Pick<Clipboard, "writeText"> | undefined;
  /** Wall clock, in milliseconds since 1970. */
  readonly wallNow: () => number;
}

/** The browser's address bar and its history. */
export interface AddressBar {
  readonly place: Place;
  push(address: string): void;
  replace(address: string): void;
  /** Shows the page from its beginning. */
  toTop(): void;
  /** Leaves this page for another, for good. */
  leave(address: string): void;
}

export class Site implements SiteActions {
  readonly page: Page;
  readonly #seams: SiteSeams;
  readonly #onChange: (state: SiteState) => void;
  readonly #account: Account;
  readonly #history: History;
  readonly #opened: Opened;
  readonly #changes: Changes;
  #route: Route;
  #done: Done | null = null;

  constructor(seams: SiteSeams, onChange: (state: SiteState) => void) {
    const fetch = this.#noticing(seams.fetch);
    const changed = () => this.#changed();
    this.#seams = { ...seams, fetch };
    this.#onChange = onChange;
    this.#route = routeOf(seams.bar.place);
    this.#account = new Account(fetch, changed, () => this.#leave(SPEAK_ADDRESS));
    this.page = new Page(this.#seams, changed);
    this.#history = new History(this.#seams, changed);
    this.#opened = new Opened(fetch, changed);
    this.#changes = new Changes(changed);
  }

  get state(): SiteState {
    return {
      route: this.#route,
      account: this.#account.state,
      page: this.page.state,
      list: this.#history.state,
      opened: this.#opened.state,
      dialog: this.#changes.state,
      done: this.#done,
      nowMs: this.#seams.wallNow(),
    };
  }

  async load(): Promise<void> {
    await Promise.all([this.#welcome(), this.page.load(), this.#loadView()]);
  }

  retry(): void {
    void this.load();
  }

  /** The person is back on the page: perhaps the login has ended meanwhile, or there is a new one. */
  onVisible(): void {
    const { phase } = this.#account.state;
    if (phase === "out") {
      this.retry();
    } else {
      void this.#welcome();
      this.page.onVisible();
    }
  }

  /** The person went back or forward, or changed the address's last part. */
  onMoved(): void {
    const before = this.#route;
    this.#route = routeOf(this.#seams.bar.place);
    this.#changes.close();
    this.#history.cancelSearch();
    this.#done = null;
    this.#changed();
    if (!sameContent(before, this.#route)) void this.#loadView();
  }

  /** Bound, as is `copy`: views hand them on. */
  readonly go = (address: string): void => {
    const before = this.#route;
    this.#seams.bar.push(address);
    this.onMoved();
    if (!sameContent(before, this.#route)) this.#seams.bar.toTop();
  };

  signIn(): void {
    const { signIn } = this.#account.state;
    if (signIn?.method === "oidc") this.#seams.bar.leave(signInAddress(signIn.url, this.#seams.bar.place));
  }

  askSignOut(): void {
    if (this.#isRecording()) this.#changes.ask({ kind: "sign_out" });
    else this.signOut();
  }

  signOut(): void {
    if (this.#changes.state === null) this.#changes.ask({ kind: "sign_out" });
    void this.#changes.agree(async () => {
      this.#leave(await this.#account.signOut());
    });
  }

  search(query: string): void {
    this.#history.search(query, (asked) => {
      this.#seams.bar.replace(historyAddress(asked));
      this.#route = { view: "history", query: asked };
    });
  }

  loadMore(): void {
    void this.#history.loadMore();
  }

  askRename({ id, title }: Named): void {
    this.#changes.ask({ kind: "rename", conversation: { id, title } });
  }

  askDelete({ id, title }: Named): void {
    this.#changes.ask({ kind: "delete", conversation: { id, title } });
  }

  rename(title: string): void {
    const question = this.#changes.state?.question;
    if (question?.kind !== "rename") return;
    const { id } = question.conversation;
    void this.#changes.agree(async () => {
      const kept = await renameConversation(this.#seams.fetch, id, title);
      this.#history.renamed(id, kept);
      this.#opened.renamed(id, kept);
      this.#done = { what: "renamed", title: kept };
    });
  }

  delete(): void {
    const question = this.#changes.state?.question;
    if (question?.kind !== "delete") return;
    void this.#changes.agree(async () => {
      await this.#deleteOrFindGone(question.conversation.id);
      this.#onDeleted(question.conversation);
    });
  }

  closeDialog(): void {
    this.#changes.close();
  }

  readonly copy = async (text: string): Promise<boolean> => {
    try {
      // Pages that came over plain HTTP have no clipboard.
      if (this.#seams.clipboard === undefined) return false;
      await this.#seams.clipboard.writeText(text);
      return true;
    } catch (error) {
      if (error instanceof DOMException) return false;
      throw error;
    }
  };

  /** Leaves nothing behind for whoever comes next. */
  #leave(address: string): void {
    this.#seams.preferences.conversationId = null;
    this.#seams.bar.leave(address);
  }

  /** What is gone already, deleted in another tab, is as the person wants it. */
  async #deleteOrFindGone(id: string): Promise<void> {
    try {
      await deleteConversation(this.#seams.fetch, id);
    } catch (error) {
      if (!(error instanceof Trouble) || error.code !== "not_found") throw error;
    }
  }

  #onDeleted({ id, title }: Named): void {
    if (this.#seams.preferences.conversationId === id) this.page.forget();
    this.#history.deleted(id);
    if (this.#route.view === "conversation" && this.#route.id === id) {
      this.#seams.bar.replace(HISTORY_ADDRESS);
      this.onMoved();
    }
    this.#opened.deleted(id);
    this.#done = { what: "deleted", title };
    this.#changed();
  }

  /** Whoever is signed in may soon speak: until then the models have time to load. */
  async #welcome(): Promise<void> {
    await this.#account.check();
    if (this.#account.state.phase === "in") await warmUp(this.#seams.fetch);
  }

  async #loadView(): Promise<void> {
    if (this.#route.view === "history") await this.#history.load(this.#route.query);
    if (this.#route.view === "conversation") await this.#opened.open(this.#route.id);
  }

  /** Every answer passes here, so that a login's end is noticed whatever was being asked. */
  #noticing(fetch: Fetch): Fetch {
    return async (input, init) => {
      const response = await fetch(input, init);
      if (response.status === 401) void this.#onRefused();
      return response;
    };
  }

  /** Goes to the sign-in by itself where that costs nothing: what is on the page is there again afterwards. */
  async #onRefused(): Promise<void> {
    await this.#account.refused();
    if (this.#account.state.phase === "expired" && !this.#hasUnsaved()) this.signIn();
  }

  #hasUnsaved(): boolean {
    const { paragraphs } = this.page.state.recording.transcript;
    const unfinished = paragraphs.some(({ source }) => source?.status === "in_progress");
    return this.#isRecording() || unfinished || this.#changes.state?.question.kind === "rename";
  }

  #isRecording(): boolean {
    return ["live", "finishing"].includes(this.page.state.recording.phase);
  }

  #changed(): void {
    this.#onChange(this.state);
  }
}

/** Both show the same, perhaps another place in it. */
function sameContent(one: Route, other: Route): boolean {
  if (one.view === "conversation" && other.view === "conversation") return one.id === other.id;
  if (one.view === "history" && other.view === "history") return one.query === other.query;
  return one.view === other.view;
}
