// Copyright (c) 2026 The Dragoman authors. MIT License, see LICENSE.
// What is shown to somebody who is not signed in.

import type { VNode } from "preact";
import type { SiteActions, SiteState } from "../site";
import { signInText, texts } from "../texts";
import { Mark } from "./icons";

interface Props {
  readonly state: SiteState;
  readonly actions: SiteActions;
}

export function SignIn({ state, actions }: Props): VNode {
  const { signIn } = state.account;
  return (
    <main class="sign-in" data-testid="sign-in-view">
      <Mark />
      <h1 tabIndex={-1}>{texts.name}</h1>
      <p class="tagline">{texts.account.tagline}</p>
      <p class="sign-in-words">{signInText(signIn)}</p>
      {signIn?.method === "oidc" ? (
        <button type="button" class="button primary" data-testid="sign-in" onClick={() => actions.signIn()}>
          {texts.account.signIn}
        </button>
      ) : (
        <button type="button" class="button" data-testid="retry" onClick={() => actions.retry()}>
          {texts.tryAgain}
        </button>
      )}
    </main>
  );
}
