// Copyright (c) 2026 The Dragoman authors. MIT License, see LICENSE.
// One conversation from before, to be read: both languages, side by side where there is room.

import type { VNode } from "preact";
import { useEffect, useState } from "preact/hooks";
import { EXPORT_TEXTS, type ExportText, type StoredConversation } from "../conversations";
import type { Languages } from "../languages";
import { HISTORY_ADDRESS } from "../route";
import type { SiteActions, SiteState } from "../site";
import { clock, notHere, texts } from "../texts";
import { plainText } from "../transcript";
import { troubleText } from "../trouble-texts";
import { ExportMenu } from "./export";
import { EmptyPlace } from "./history";
import { BackIcon, BinIcon, PencilIcon } from "./icons";
import { Link } from "./link";
import { isSaidAlready, RetryBox } from "./messages";
import { ParagraphPair } from "./paragraph-pair";
import { CopyButton, LanguagePair, Time } from "./pieces";

interface Props {
  readonly state: SiteState;
  readonly actions: SiteActions;
}

export function ConversationView({ state, actions }: Props): VNode {
  return (
    <main class="page" data-testid="conversation">
      <Link href={HISTORY_ADDRESS} go={actions.go} class="back" testId="back">
        <BackIcon />
        {texts.conversation.back}
      </Link>
      <Heading state={state} />
      <Content state={state} actions={actions} />
    </main>
  );
}

/** One element whatever it says: the focus stays on it when what was being loaded has come. */
function Heading({ state }: { readonly state: SiteState }): VNode {
  const { phase } = state.opened;
  const conversation = openedConversation(state);
  if (conversation !== null) return heading("page-title", conversation.title || texts.history.untitled);
  if (phase === "missing") return heading("visually-hidden", notHere.title);
  return heading("waiting", phase === "failed" ? texts.state.notLoaded : texts.conversation.loading);
}

function heading(look: string, words: string): VNode {
  return (
    <h1 class={look} tabIndex={-1} dir="auto" data-testid="title">
      {words}
    </h1>
  );
}

function Content({ state, actions }: Props): VNode | null {
  const { phase, trouble } = state.opened;
  const conversation = openedConversation(state);
  if (phase === "missing") return <Missing actions={actions} />;
  return (
    <>
      {phase === "failed" && trouble !== null && !isSaidAlready(state, trouble.code) && (
        <RetryBox message={troubleText(trouble)} onRetry={() => actions.retry()} />
      )}
      {conversation !== null && (
        <Reading
          conversation={conversation}
          languages={state.page.languages}
          pointed={state.route.view === "conversation" ? state.route.paragraph : null}
          actions={actions}
        />
      )}
    </>
  );
}

/** The one that the address leads to, once it has come. */
function openedConversation({ route, opened }: SiteState): StoredConversation | null {
  return route.view === "conversation" && opened.conversation?.id === route.id ? opened.conversation : null;
}

function Missing({ actions }: { readonly actions: SiteActions }): VNode {
  return (
    <EmptyPlace message={notHere}>
      <Link href={HISTORY_ADDRESS} go={actions.go} class="button">
        {texts.conversation.back}
      </Link>
    </EmptyPlace>
  );
}

interface ReadingProps {
  readonly conversation: StoredConversation;
  readonly languages: Languages | null;
  /** The paragraph that the address leads to. */
  readonly pointed: number | null;
  readonly actions: SiteActions;
}

function Reading({ conversation, languages, pointed, actions }: ReadingProps): VNode {
  const [side, setSide] = useState<ExportText>("both");
  const { createdAt, durationMs, paragraphs } = conversation;
  useIntoView(pointed, conversation.id);
  return (
    <article>
      <p class="facts">
        <LanguagePair conversation={conversation} languages={languages} />
        <Time time={createdAt} />
        <span>
          <span class="visually-hidden">{texts.history.length} </span>
          {clock(durationMs)}
        </span>
        <span>{texts.history.paragraphs(paragraphs.length)}</span>
      </p>
      <Tools conversation={conversation} side={side} actions={actions} />
      {paragraphs.length === 0 ? (
        <p class="waiting">{texts.conversation.empty}</p>
      ) : (
        <SideSwitch {...{ side, setSide }} />
      )}
      <div class="columns-head" aria-hidden="true">
        <span>{texts.panels.source.title}</span>
        <span>{texts.panels.translation.title}</span>
      </div>
      <ol class="pairs" data-side={side}>
        {paragraphs.map((paragraph) => (
          <ParagraphPair
            key={paragraph.index}
            paragraph={paragraph}
            conversation={conversation}
            side={side}
            isPointed={paragraph.index === pointed}
            actions={actions}
          />
        ))}
      </ol>
    </article>
  );
}

interface ToolsProps {
  readonly conversation: StoredConversation;
  readonly side: ExportText;
  readonly actions: SiteActions;
}

function Tools({ conversation, side, actions }: ToolsProps): VNode {
  return (
    <div class="tools">
      <CopyButton
        text={() => conversation.paragraphs.map((paragraph) => plainText(paragraph, side)).join("\n\n")}
        copy={actions.copy}
        label={texts.conversation.copyAll}
        testId="copy-all"
        worded
      />
      <ExportMenu id={conversation.id} />
      <button
        type="button"
        class="tool brief"
        aria-label={texts.conversation.rename}
        title={texts.conversation.rename}
        data-testid="rename"
        onClick={() => actions.askRename(conversation)}
      >
        <PencilIcon />
        <span>{texts.conversation.rename}</span>
      </button>
      <button
        type="button"
        class="tool brief"
        aria-label={texts.conversation.delete}
        title={texts.conversation.delete}
        data-testid="delete"
        onClick={() => actions.askDelete(conversation)}
      >
        <BinIcon />
        <span>{texts.conversation.delete}</span>
      </button>
    </div>
  );
}

interface SideSwitchProps {
  readonly side: ExportText;
  readonly setSide: (side: ExportText) => void;
}

/** For narrow screens, where both languages stand one under the other. */
function SideSwitch({ side, setSide }: SideSwitchProps): VNode {
  return (
    <div class="side-switch" role="radiogroup" aria-label={texts.conversation.sides}>
      {EXPORT_TEXTS.map((one) => (
        <label key={one} class="side">
          <input type="radio" name="side" value={one} checked={one === side} onChange={() => setSide(one)} />
          <span>{texts.conversation.side[one]}</span>
        </label>
      ))}
    </div>
  );
}

/** Brings the paragraph that the address leads to into sight, and the keyboard to it. */
function useIntoView(pointed: number | null, id: string): void {
  useEffect(() => {
    if (pointed === null) return;
    const element = document.getElementById(`p-${pointed}`);
    element?.scrollIntoView({ block: "center" });
    element?.focus({ preventScroll: true });
  }, [pointed, id]);
}
