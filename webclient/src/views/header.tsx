// Copyright (c) 2026 The Dragoman authors. MIT License, see LICENSE.
// The name of the application, how the connection stands, the way between the views, and the account.

import type { VNode } from "preact";
import type { PageState } from "../page";
import type { Phase } from "../recording";
import { HISTORY_ADDRESS, SPEAK_ADDRESS } from "../route";
import type { SiteActions, SiteState } from "../site";
import { phaseTexts, texts } from "../texts";
import { HistoryIcon, Mark, MicrophoneIcon, PersonIcon } from "./icons";
import { Link } from "./link";
import { Popup } from "./popup";

interface Props {
  readonly state: SiteState;
  readonly actions: SiteActions;
}

/** The states that scripts know; asking for the microphone is part of connecting. */
export type DataState = Exclude<Phase, "asking">;

export function dataState(phase: Phase): DataState {
  return phase === "asking" ? "connecting" : phase;
}

export function Header({ state, actions }: Props): VNode {
  return state.route.view === "speak" ? (
    <header class="header">
      <h1 class="name" tabIndex={-1}>
        <Mark />
        <span class="name-word">{texts.name}</span>
      </h1>
      <Standing page={state.page} />
      <nav class="nav" aria-label={texts.navigation.label}>
        <Link
          href={HISTORY_ADDRESS}
          go={actions.go}
          class="nav-link"
          testId="to-history"
          label={texts.navigation.history}
        >
          <HistoryIcon />
          <span class="nav-word">{texts.navigation.history}</span>
        </Link>
      </nav>
      <AccountMenu state={state} actions={actions} />
    </header>
  ) : (
    <header class="header elsewhere">
      <Link href={SPEAK_ADDRESS} go={actions.go} class="name">
        <Mark />
        <span class="name-word">{texts.name}</span>
      </Link>
      <nav class="nav" aria-label={texts.navigation.label}>
        <ToSpeaking phase={state.page.recording.phase} go={actions.go} />
      </nav>
      <AccountMenu state={state} actions={actions} />
    </header>
  );
}

function Standing({ page }: { readonly page: PageState }): VNode {
  const [data, words] = standing(page);
  return (
    <p class="state" role="status" data-testid="state" data-state={data}>
      {words}
    </p>
  );
}

/** The way back to the main screen; it shows what goes on there. */
function ToSpeaking({ phase, go }: { readonly phase: Phase; readonly go: (address: string) => void }): VNode {
  if (phase === "idle") {
    return (
      <Link href={SPEAK_ADDRESS} go={go} class="nav-link" testId="to-speaking">
        <MicrophoneIcon />
        {texts.navigation.speak}
      </Link>
    );
  }
  return (
    <Link href={SPEAK_ADDRESS} go={go} class="chip" testId="to-speaking">
      <span class="state" data-state={dataState(phase)}>
        {phaseTexts[phase].state}
      </span>
    </Link>
  );
}

function AccountMenu({ state, actions }: Props): VNode | null {
  const { phase, name } = state.account;
  if (phase !== "in") return null;
  return (
    <Popup testId="menu" label={texts.account.menu} face={<PersonIcon />} buttonClass="icon-button">
      <p class="account">
        {texts.account.signedInAs} <bdi class="account-name">{name}</bdi>
      </p>
      {state.route.view === "speak" && (
        <label class="popup-choice">
          {texts.account.showDelays}
          <input
            type="checkbox"
            data-testid="show-delays"
            checked={state.page.showsDelays}
            onChange={(event) => actions.page.showDelays(event.currentTarget.checked)}
          />
        </label>
      )}
      <button type="button" class="popup-choice" data-testid="sign-out" onClick={() => actions.askSignOut()}>
        {texts.account.signOut}
      </button>
    </Popup>
  );
}

function standing({ languages, trouble, recording }: PageState): [DataState, string] {
  if (languages === null && trouble === null) return ["connecting", texts.state.loading];
  if (languages === null) return ["failed", texts.state.notLoaded];
  const words = recording.answering ? phaseTexts[recording.phase].state : texts.state.notAnswering;
  return [dataState(recording.phase), words];
}
