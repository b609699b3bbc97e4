// Copyright (c) 2026 The Dragoman authors. MIT License, see LICENSE.
// The whole site, from its state: the view that the address means, and what lies over all views.

import type { VNode } from "preact";
import { useEffect, useRef } from "preact/hooks";
import type { Done, SiteActions, SiteState } from "../site";
import { doneText, texts } from "../texts";
import { ConversationView } from "./conversation";
import { Dialogs } from "./dialogs";
import { Header } from "./header";
import { HistoryView } from "./history";
import { LoginEnded } from "./messages";
import { SignIn } from "./sign-in";
import { Speak } from "./speak";

interface Props {
  readonly state: SiteState;
  readonly actions: SiteActions;
}

export function App({ state, actions }: Props): VNode {
  useTitle(titleOf(state));
  // While a dialog is open, nothing else can take the focus.
  useFocusOnArrival(viewOf(state), state.dialog === null ? state.done : null);
  if (state.account.phase === "out") return <SignIn state={state} actions={actions} />;
  return (
    <>
      {state.route.view === "speak" ? (
        <div class="app">
          <Header state={state} actions={actions} />
          <Speak state={state} actions={actions} />
        </div>
      ) : (
        <div class="site">
          <div class="site-head">
            <Header state={state} actions={actions} />
            <LoginEnded state={state} actions={actions} />
          </div>
          {state.route.view === "history" ? (
            <HistoryView state={state} actions={actions} />
          ) : (
            <ConversationView state={state} actions={actions} />
          )}
        </div>
      )}
      <Dialogs state={state} actions={actions} />
      <p class="visually-hidden" role="status">
        {state.done && doneText(state.done)}
      </p>
    </>
  );
}

/** What counts as another place to be in. */
function viewOf({ account, route }: SiteState): string {
  if (account.phase === "out") return "sign-in";
  return route.view === "conversation" ? `conversation ${route.id}` : route.view;
}

function titleOf({ account, route, opened }: SiteState): string {
  if (account.phase === "out" || route.view === "speak") return texts.name;
  if (route.view === "history") return `${texts.history.title} - ${texts.name}`;
  const { conversation } = opened;
  if (conversation?.id !== route.id) return texts.name;
  return `${conversation.title || texts.history.untitled} - ${texts.name}`;
}

function useTitle(title: string): void {
  useEffect(() => {
    document.title = title;
  }, [title]);
}

/** Whoever goes to another view stands at its heading, as after loading a page; the first view is no arrival.
 * So does whoever has deleted something: the button that was pressed is gone with it. */
function useFocusOnArrival(view: string, done: Done | null): void {
  const before = useRef(view);
  useEffect(() => {
    if (before.current === view && done?.what !== "deleted") return;
    before.current = view;
    document.querySelector("h1")?.focus({ preventScroll: true });
  }, [view, done]);
}
