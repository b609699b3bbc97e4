// Copyright (c) 2026 The Dragoman authors. MIT License, see LICENSE.
// A paragraph that was kept, and its translation.

import type { VNode } from "preact";
import type { ExportText, StoredConversation, StoredParagraph } from "../conversations";
import { AUTO } from "../languages";
import { anchor, conversationAddress } from "../route";
import type { SiteActions } from "../site";
import { clock, texts } from "../texts";
import { plainText } from "../transcript";
import { DoubtMark } from "./doubt-mark";
import { Link } from "./link";
import { CopyButton } from "./pieces";

interface Props {
  readonly paragraph: StoredParagraph;
  readonly conversation: StoredConversation;
  readonly side: ExportText;
  readonly isPointed: boolean;
  readonly actions: SiteActions;
}

export function ParagraphPair({ paragraph, conversation, side, isPointed, actions }: Props): VNode {
  const time = clock(sinceStartMs(paragraph, conversation));
  const note = noteOf(paragraph);
  return (
    <li
      class={isPointed ? "pair pointed" : "pair"}
      id={anchor(paragraph.index)}
      tabIndex={-1}
      data-testid="paragraph"
      data-index={paragraph.index}
    >
      <Link
        href={conversationAddress(conversation.id, paragraph.index)}
        go={actions.go}
        class="pair-time"
        label={texts.conversation.linkTo(time)}
      >
        <time dateTime={paragraph.startedAt}>{time}</time>
      </Link>
      <p class="pair-source" dir="auto" lang={languageOf(paragraph, conversation)} data-testid="source-text">
        {paragraph.sourceText}
      </p>
      <div class="pair-translation">
        <p dir="auto" lang={conversation.targetLanguage || undefined} data-testid="translated-text">
          {paragraph.translatedText}
          <DoubtMark doubts={paragraph.doubts} />
        </p>
        {note !== null && <p class="note">{note}</p>}
      </div>
      <CopyButton
        text={() => plainText(paragraph, side)}
        copy={actions.copy}
        label={texts.conversation.copy}
        testId="copy"
      />
    </li>
  );
}

function sinceStartMs({ startedAt }: StoredParagraph, { createdAt }: StoredConversation): number {
  return Math.max(0, Date.parse(startedAt) - Date.parse(createdAt));
}

function languageOf(
  { sourceLanguage }: StoredParagraph,
  conversation: StoredConversation,
): string | undefined {
  if (sourceLanguage !== "") return sourceLanguage;
  return conversation.sourceLanguage === AUTO ? undefined : conversation.sourceLanguage;
}

function noteOf({ translationStatus }: StoredParagraph): string | null {
  if (translationStatus === "pending") return texts.conversation.notTranslatedYet;
  if (translationStatus === "partial") return texts.panels.incomplete;
  return translationStatus === "none" ? texts.panels.untranslated : null;
}
