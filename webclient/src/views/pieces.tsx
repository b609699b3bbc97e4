// Copyright (c) 2026 The Dragoman authors. MIT License, see LICENSE.
// Small parts that the list and the conversation share.

import type { VNode } from "preact";
import { useEffect, useState } from "preact/hooks";
import type { Conversation } from "../conversations";
import { AUTO, type Languages, spokenName } from "../languages";
import { texts } from "../texts";
import { exactly } from "../when";
import { CheckIcon, CopyIcon } from "./icons";

interface LanguagePairProps {
  readonly conversation: Conversation;
  readonly languages: Languages | null;
}

export function LanguagePair({ conversation, languages }: LanguagePairProps): VNode {
  const { sourceLanguage, targetLanguage } = conversation;
  const source =
    sourceLanguage === AUTO ? texts.languages.auto : spokenName(languages?.source ?? [], sourceLanguage);
  return (
    <span class="pair-languages">
      {source} <span aria-hidden="true">→</span>
      <span class="visually-hidden">{texts.history.into}</span>{" "}
      {spokenName(languages?.target ?? [], targetLanguage)}
    </span>
  );
}

interface TimeProps {
  readonly time: string;
  /** What is shown; the exact time where left out. */
  readonly words?: string;
}

export function Time({ time, words }: TimeProps): VNode {
  const exact = exactly(time);
  return (
    <time dateTime={time} title={exact}>
      {words ?? exact}
    </time>
  );
}

/** How long the button says that it has worked. */
const COPIED_MS = 2_000;

interface CopyProps {
  readonly text: () => string;
  readonly copy: (text: string) => Promise<boolean>;
  readonly label: string;
  readonly testId: string;
  /** With its label on it, not only as its name. */
  readonly worded?: boolean;
}

export function CopyButton({ text, copy, label, testId, worded }: CopyProps): VNode {
  const [outcome, setOutcome] = useState<"" | "copied" | "refused">("");
  useEffect(() => {
    if (outcome === "") return;
    const id = setTimeout(() => setOutcome(""), COPIED_MS);
    return () => clearTimeout(id);
  }, [outcome]);
  const press = async (): Promise<void> => setOutcome((await copy(text())) ? "copied" : "refused");
  const said = { "": label, copied: texts.conversation.copied, refused: texts.conversation.copyRefused }[
    outcome
  ];
  return (
    <button
      type="button"
      class={worded ? "tool" : "icon-button"}
      data-testid={testId}
      aria-label={worded ? undefined : label}
      title={said}
      onClick={press}
    >
      {outcome === "copied" ? <CheckIcon /> : <CopyIcon />}
      {worded && <span>{said}</span>}
      <span class="visually-hidden" role="status">
        {outcome === "" ? "" : said}
      </span>
    </button>
  );
}
