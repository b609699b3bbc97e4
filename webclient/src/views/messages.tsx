// Copyright (c) 2026 The Dragoman authors. MIT License, see LICENSE.
// What the person should know: what failed, what is slow, and the hint about the demonstration model.

import type { VNode } from "preact";
import type { PageActions } from "../page";
import type { SiteActions, SiteState } from "../site";
import { demonstrationHint, loginEnded, type Message, texts } from "../texts";
import { microphoneMuted, notAnswering, noticeText, troubleText } from "../trouble-texts";
import { CloseIcon } from "./icons";

interface Props {
  readonly state: SiteState;
  readonly actions: SiteActions;
}

export function Messages({ state, actions }: Props): VNode {
  const { recording } = state.page;
  return (
    <div class="messages">
      <LoginEnded state={state} actions={actions} />
      <TroubleBox state={state} actions={actions} />
      {!recording.answering && <Box kind="error" message={notAnswering} />}
      {recording.microphoneMuted && <Box kind="notice" message={microphoneMuted} />}
      {recording.transcript.notices.map((notice) => (
        <Box
          key={notice.code}
          kind="notice"
          message={noticeText(notice)}
          onDismiss={() => actions.page.dismissNotice(notice.code)}
        />
      ))}
      {state.page.demonstrationHint && recording.phase === "idle" && <Hint actions={actions.page} />}
    </div>
  );
}

/** The login has ended, and what is on the page stays there. */
export function LoginEnded({ state, actions }: Props): VNode | null {
  const { phase, signIn } = state.account;
  if (phase !== "expired") return null;
  const again = { label: texts.account.signInAgain, testId: "sign-in", onPress: () => actions.signIn() };
  const retry = { label: texts.tryAgain, testId: "retry", onPress: () => actions.retry() };
  return <Box kind="error" message={loginEnded(signIn)} action={signIn?.method === "oidc" ? again : retry} />;
}

function TroubleBox({ state, actions }: Props): VNode | null {
  const { trouble, languages } = state.page;
  if (trouble === null || isSaidAlready(state, trouble.code)) return null;
  const message = troubleText(trouble);
  // Without languages the page could not be loaded: there is nothing to go on with, so nothing to wave aside.
  if (languages === null) return <RetryBox message={message} onRetry={() => actions.retry()} />;
  return <Box kind="error" message={message} onDismiss={() => actions.page.dismissTrouble()} />;
}

/** `LoginEnded` says it for the whole site. */
export function isSaidAlready({ account }: SiteState, code: string): boolean {
  return code === "not_signed_in" && account.phase === "expired";
}

interface RetryProps {
  readonly message: Message;
  readonly onRetry: () => void;
}

export function RetryBox({ message, onRetry }: RetryProps): VNode {
  return (
    <Box
      kind="error"
      message={message}
      action={{ label: texts.tryAgain, testId: "retry", onPress: onRetry }}
    />
  );
}

interface BoxProps {
  readonly kind: "error" | "notice";
  readonly message: Message;
  readonly onDismiss?: () => void;
  readonly action?: { readonly label: string; readonly testId: string; readonly onPress: () => void };
}

export function Box({ kind, message, onDismiss, action }: BoxProps): VNode {
  return (
    <div class={`message ${kind}`} data-testid={kind} role={kind === "error" ? "alert" : "status"}>
      <div class="message-words">
        <p class="message-title">{message.title}</p>
        {message.advice !== "" && <p>{message.advice}</p>}
        {action && (
          <button type="button" class="text-button" data-testid={action.testId} onClick={action.onPress}>
            {action.label}
          </button>
        )}
      </div>
      {onDismiss && <Dismiss onDismiss={onDismiss} />}
    </div>
  );
}

function Hint({ actions }: { readonly actions: PageActions }): VNode {
  return (
    <div class="message hint" data-testid="hint">
      <p class="message-words">{demonstrationHint}</p>
      <Dismiss onDismiss={() => actions.dismissHint()} />
    </div>
  );
}

function Dismiss({ onDismiss }: { readonly onDismiss: () => void }): VNode {
  return (
    <button
      type="button"
      class="icon-button"
      aria-label={texts.dismiss}
      title={texts.dismiss}
      onClick={onDismiss}
    >
      <CloseIcon />
    </button>
  );
}
