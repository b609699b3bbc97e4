// Copyright (c) 2026 The Dragoman authors. MIT License, see LICENSE.
// What the person should know: what failed, what is slow, and the hint about the demonstration model.

import type { VNode } from "preact";
import type { PageActions, PageState } from "../page";
import {
  demonstrationHint,
  type Message,
  microphoneMuted,
  notAnswering,
  noticeText,
  texts,
  troubleText,
} from "../texts";
import { CloseIcon } from "./icons";

interface Props {
  readonly state: PageState;
  readonly actions: PageActions;
}

export function Messages({ state, actions }: Props): VNode {
  const { recording } = state;
  return (
    <div class="messages">
      {state.trouble !== null && <TroubleBox state={state} actions={actions} />}
      {!recording.answering && <Box kind="error" message={notAnswering} />}
      {recording.microphoneMuted && <Box kind="notice" message={microphoneMuted} />}
      {recording.transcript.notices.map((notice) => (
        <Box
          key={notice.code}
          kind="notice"
          message={noticeText(notice)}
          onDismiss={() => actions.dismissNotice(notice.code)}
        />
      ))}
      {state.demonstrationHint && recording.phase === "idle" && <Hint actions={actions} />}
    </div>
  );
}

function TroubleBox({ state, actions }: Props): VNode | null {
  if (state.trouble === null) return null;
  const message = troubleText(state.trouble);
  // Without languages the page could not be loaded: there is nothing to go on with, so nothing to wave aside.
  if (state.languages === null) return <Box kind="error" message={message} onRetry={() => actions.retry()} />;
  return <Box kind="error" message={message} onDismiss={() => actions.dismissTrouble()} />;
}

interface BoxProps {
  readonly kind: "error" | "notice";
  readonly message: Message;
  readonly onDismiss?: () => void;
  readonly onRetry?: () => void;
}

function Box({ kind, message, onDismiss, onRetry }: BoxProps): VNode {
  return (
    <div class={`message ${kind}`} data-testid={kind} role={kind === "error" ? "alert" : "status"}>
      <div class="message-words">
        <p class="message-title">{message.title}</p>
        {message.advice !== "" && <p>{message.advice}</p>}
        {onRetry && (
          <button type="button" class="text-button" onClick={onRetry}>
            {texts.tryAgain}
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
