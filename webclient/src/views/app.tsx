// Copyright (c) 2026 The Dragoman authors. MIT License, see LICENSE.
// The whole page, from its state.

import type { VNode } from "preact";
import { type Language, nameOf } from "../languages";
import type { PageActions, PageState } from "../page";
import { texts } from "../texts";
import type { Paragraph } from "../transcript";
import { Header } from "./header";
import { LanguageRow } from "./language-row";
import { Messages } from "./messages";
import { type Line, Panel } from "./panel";
import { RecordBar } from "./record-bar";

interface Props {
  readonly state: PageState;
  readonly actions: PageActions;
}

export function App({ state, actions }: Props): VNode {
  const { recording } = state;
  const { paragraphs } = recording.transcript;
  const active = recording.phase === "live" || recording.phase === "finishing";
  return (
    <div class="app">
      <Header state={state} />
      <LanguageRow state={state} actions={actions} />
      <main class="panels">
        <Panel
          testId="source-panel"
          title={texts.panels.source.title}
          language={sourceLanguage(state)}
          lines={paragraphs.flatMap(sourceLine)}
          empty={recording.phase === "live" ? texts.panels.source.listening : texts.panels.source.empty}
          awaiting={false}
        />
        <Panel
          testId="translation-panel"
          title={texts.panels.translation.title}
          language={targetLanguage(state)}
          lines={paragraphs.flatMap(translationLine)}
          empty={
            recording.phase === "live" ? texts.panels.translation.listening : texts.panels.translation.empty
          }
          awaiting={active && paragraphs.some(awaitsTranslation)}
        />
      </main>
      <div class="foot">
        <Messages state={state} actions={actions} />
        <RecordBar phase={recording.phase} ready={state.pair !== null} actions={actions} />
      </div>
      {active && <Announcer paragraphs={paragraphs} />}
    </div>
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

function sourceLine({ id, source }: Paragraph): Line[] {
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
    },
  ];
}

function translationLine({ id, source, translation }: Paragraph): Line[] {
  if (translation === null || (source?.status === "final" && source.text === "")) return [];
  const { text, status, language } = translation;
  return [{ id, text, stable: null, status, language, note: translationNote(translation) }];
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
  return heard ? texts.panels.detected(spoken(languages.source, heard.language)) : "";
}

function targetLanguage({ languages, pair }: PageState): string {
  return languages === null || pair === null ? "" : nameOf(languages.target, pair.target);
}

/** Whisper may hear a language that is not offered for choosing. */
function spoken(offered: readonly Language[], code: string): string {
  const name = nameOf(offered, code);
  if (name !== code || !/^[a-z]{2,3}$/.test(code)) return name;
  return new Intl.DisplayNames("en", { type: "language" }).of(code) ?? code;
}
