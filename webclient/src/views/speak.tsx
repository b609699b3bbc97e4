// Copyright (c) 2026 The Dragoman authors. MIT License, see LICENSE.
// The main screen: languages, what is said and what it means, and the one large button.

import type { VNode } from "preact";
import { finalDelay, translationDelay } from "../delays";
import { NO_DOUBTS } from "../doubts";
import { nameOf, spokenName } from "../languages";
import type { PageState } from "../page";
import type { SiteActions, SiteState } from "../site";
import { texts } from "../texts";
import type { Paragraph } from "../transcript";
import { LanguageRow } from "./language-row";
import { Messages } from "./messages";
import { type Line, Panel } from "./panel";
import { RecordBar } from "./record-bar";

interface Props {
  readonly state: SiteState;
  readonly actions: SiteActions;
}

export function Speak({ state: site, actions }: Props): VNode {
  const state = site.page;
  const { recording } = state;
  const { paragraphs } = recording.transcript;
  const active = recording.phase === "live" || recording.phase === "finishing";
  return (
    <>
      <LanguageRow state={state} actions={actions.page} />
      <main class="panels">
        <Panel
          testId="source-panel"
          title={texts.panels.source.title}
          language={sourceLanguage(state)}
          lines={paragraphs.flatMap((paragraph) => sourceLine(paragraph, state.showsDelays))}
          empty={recording.phase === "live" ? texts.panels.source.listening : texts.panels.source.empty}
          awaiting={false}
        />
        <Panel
          testId="translation-panel"
          title={texts.panels.translation.title}
          language={targetLanguage(state)}
          lines={paragraphs.flatMap((paragraph) => translationLine(paragraph, state.showsDelays))}
          empty={
            recording.phase === "live" ? texts.panels.translation.listening : texts.panels.translation.empty
          }
          awaiting={active && paragraphs.some(awaitsTranslation)}
        />
      </main>
      <div class="foot">
        <Messages state={site} actions={actions} />
        <RecordBar phase={recording.phase} ready={state.pair !== null} actions={actions.page} />
      </div>
      {active && <Announcer paragraphs={paragraphs} />}
    </>
  );
}

/** Reads out each translation once it is final, and nothing that may still change. */
function Announcer({ paragraphs }: { readonly paragraphs: readonly Paragraph[] }): VNode {
  const newest = paragraphs.findLast((paragraph) => paragraph.translation?.status === "final")?.translation;
  return (
    <p class="visually-hidden" aria-live="polite" lang={newest?.language || undefined}>
      {newest?.text}
    </p>
  );
}

function sourceLine({ id, source }: Paragraph, showsDelays: boolean): Line[] {
  // What was taken for speech at first and then was not.
  if (source === null || source.text === "") return [];
  return [
    {
      id,
      text: source.text,
      stable: source.stable,
      status: source.status,
      language: source.language,
      note: null,
      doubts: NO_DOUBTS,
      delay: showsDelays && source.stages !== null ? finalDelay(source.stages) : null,
    },
  ];
}

function translationLine({ id, source, translation }: Paragraph, showsDelays: boolean): Line[] {
  if (translation === null || (source?.status === "final" && source.text === "")) return [];
  const { text, status, language, doubts, afterMs } = translation;
  const delay = showsDelays && afterMs !== null ? translationDelay(afterMs) : null;
  return [{ id, text, stable: null, status, language, note: translationNote(translation), doubts, delay }];
}

function translationNote(translation: { readonly text: string; readonly complete: boolean }): string | null {
  if (translation.complete) return null;
  return translation.text === "" ? texts.panels.untranslated : texts.panels.incomplete;
}

function awaitsTranslation({ source, translation }: Paragraph): boolean {
  return source !== null && source.text !== "" && translation === null;
}

function sourceLanguage({ languages, pair, recording }: PageState): string {
  if (languages === null || pair === null) return "";
  if (pair.source !== "auto") return nameOf(languages.source, pair.source);
  const heard = recording.transcript.paragraphs.findLast((paragraph) => paragraph.source?.language)?.source;
  return heard ? texts.panels.detected(spokenName(languages.source, heard.language)) : "";
}

function targetLanguage({ languages, pair }: PageState): string {
  return languages === null || pair === null ? "" : nameOf(languages.target, pair.target);
}
