// Copyright (c) 2026 The Dragoman authors. MIT License, see LICENSE.
// What the page knows of a conversation: a pure fold over the server's events.
//
// A paragraph's two sides live apart; what is final never changes again:
//
//   side         from          event                        to
//   source       nothing       stt_partial                  in_progress
//   source       in_progress   stt_partial                  in_progress (text replaced)
//   source       any but final stt_paragraph_final          final
//   translation  nothing       translation_delta            in_progress
//   translation  in_progress   translation_delta            in_progress (text cut at `offset`, then appended)
//   translation  any but final translation_paragraph_final  final (text replaced)
//
// An event whose `seq` is not above the highest seen is ignored, so a stretch may be sent twice.
// Paragraphs that an event does not touch keep their identity: a view may compare by reference.

import type { ExportText, StoredConversation, StoredParagraph } from "./conversations";
import { type Doubts, NO_DOUBTS } from "./doubts";
import { type ActiveNotice, withNotice } from "./notices";
import type { ServerEvent, Stages } from "./protocol";

export type Status = "in_progress" | "final";

export interface Source {
  readonly text: string;
  /** How many Unicode code points at the start of `text` will never change. */
  readonly stable: number;
  readonly status: Status;
  /** ISO 639-1, or an empty string where nobody has said. */
  readonly language: string;
  /** Where the time went before it was final; null where nobody has said. */
  readonly stages: Stages | null;
}

export interface Translation {
  readonly text: string;
  readonly status: Status;
  /** False where a sentence could not be translated. */
  readonly complete: boolean;
  /** What may be wrong with it. */
  readonly doubts: Doubts;
  readonly language: string;
  /** How long after the source it was final; null where it is not, or nobody has said. */
  readonly afterMs: number | null;
}

export interface Paragraph {
  readonly id: number;
  readonly source: Source | null;
  readonly translation: Translation | null;
}

export interface Transcript {
  readonly lastSeq: number;
  readonly conversationId: string | null;
  /** Of paragraphs to come; empty where unknown or to be detected. */
  readonly sourceLanguage: string;
  readonly targetLanguage: string;
  /** By ascending id. */
  readonly paragraphs: readonly Paragraph[];
  readonly notices: readonly ActiveNotice[];
}

export const EMPTY_TRANSCRIPT: Transcript = {
  lastSeq: 0,
  conversationId: null,
  sourceLanguage: "",
  targetLanguage: "",
  paragraphs: [],
  notices: [],
};

export function reduce(transcript: Transcript, event: ServerEvent): Transcript {
  if (event.seq <= transcript.lastSeq) return transcript;
  return { ...apply(transcript, event), lastSeq: event.seq };
}

function apply(transcript: Transcript, event: ServerEvent): Transcript {
  switch (event.type) {
    case "session_started":
      return withLanguages(
        { ...transcript, conversationId: event.conversation_id },
        event.source_language,
        event.target_language,
      );
    case "stt_partial":
      return withSource(transcript, event.paragraph_id, {
        text: event.text,
        stable: event.stable,
        status: "in_progress",
        language: event.language || transcript.sourceLanguage,
        stages: null,
      });
    case "stt_paragraph_final":
      return withSource(transcript, event.paragraph_id, {
        text: event.text,
        stable: codePoints(event.text),
        status: "final",
        language: event.language || transcript.sourceLanguage,
        stages: event.stages,
      });
    case "translation_delta":
      return withTranslation(transcript, event.paragraph_id, (before) => ({
        text: splitAt(before?.text ?? "", event.offset)[0] + event.text,
        status: "in_progress",
        complete: true,
        doubts: NO_DOUBTS,
        language: before?.language ?? transcript.targetLanguage,
        afterMs: null,
      }));
    case "translation_paragraph_final":
      return withTranslation(transcript, event.paragraph_id, (before) => ({
        text: event.text,
        status: "final",
        complete: event.complete,
        doubts: event.doubts,
        language: before?.language ?? transcript.targetLanguage,
        afterMs: event.after_ms,
      }));
    case "notice":
      return { ...transcript, notices: withNotice(transcript.notices, event) };
    case "audio_received":
    case "pong":
    case "session_ended":
      return transcript;
    default:
      return unknown(event);
  }
}

/** Fails the build when the server's types gain an event that `apply` does not know. */
function unknown(event: never): never {
  throw new TypeError(`event without a case: ${JSON.stringify(event)}`);
}

/** What is needed of a conversation from before to show it again. */
export type Kept = Pick<StoredConversation, "id" | "sourceLanguage" | "targetLanguage" | "paragraphs">;

/** A conversation from before, as the database has it: nothing in it changes any more. */
export function fromStored(conversation: Kept): Transcript {
  const languages = withLanguages(EMPTY_TRANSCRIPT, conversation.sourceLanguage, conversation.targetLanguage);
  return {
    ...languages,
    conversationId: conversation.id,
    paragraphs: conversation.paragraphs.map((paragraph) => storedParagraph(paragraph, languages)),
  };
}

function storedParagraph(stored: StoredParagraph, languages: Transcript): Paragraph {
  const { sourceText, translatedText } = stored;
  const source: Source = {
    text: sourceText,
    stable: codePoints(sourceText),
    status: "final",
    language: stored.sourceLanguage || languages.sourceLanguage,
    stages: null,
  };
  const translation: Translation = {
    text: translatedText,
    status: "final",
    complete: stored.translationStatus !== "partial" && stored.translationStatus !== "none",
    doubts: stored.doubts,
    language: languages.targetLanguage,
    afterMs: null,
  };
  const untouched = stored.translationStatus === "pending" && translatedText === "";
  return { id: stored.index, source, translation: untouched ? null : translation };
}

/** A paragraph as it is copied; empty sides leave no empty lines. */
export function plainText({ sourceText, translatedText }: StoredParagraph, side: ExportText): string {
  if (side === "source") return sourceText;
  if (side === "translation") return translatedText;
  return [sourceText, translatedText].filter((text) => text !== "").join("\n");
}

/** The languages of paragraphs to come; `auto` leaves the source open. */
export function withLanguages(transcript: Transcript, source: string, target: string): Transcript {
  return { ...transcript, sourceLanguage: source === "auto" ? "" : source, targetLanguage: target };
}

function withSource(transcript: Transcript, id: number, source: Source): Transcript {
  return withParagraph(transcript, id, (paragraph) =>
    paragraph.source?.status === "final" ? paragraph : { ...paragraph, source },
  );
}

function withTranslation(
  transcript: Transcript,
  id: number,
  next: (before: Translation | null) => Translation,
): Transcript {
  return withParagraph(transcript, id, (paragraph) =>
    paragraph.translation?.status === "final"
      ? paragraph
      : { ...paragraph, translation: next(paragraph.translation) },
  );
}

function withParagraph(
  transcript: Transcript,
  id: number,
  change: (paragraph: Paragraph) => Paragraph,
): Transcript {
  const at = transcript.paragraphs.findLastIndex((paragraph) => paragraph.id <= id);
  const found = transcript.paragraphs[at];
  const paragraphs =
    found?.id === id
      ? transcript.paragraphs.with(at, change(found))
      : transcript.paragraphs.toSpliced(at + 1, 0, change({ id, source: null, translation: null }));
  return { ...transcript, paragraphs };
}

/** `text` before and after `count` Unicode code points. */
export function splitAt(text: string, count: number): [string, string] {
  let units = 0;
  let left = count;
  for (const point of text) {
    if (left <= 0) break;
    units += point.length;
    left -= 1;
  }
  return [text.slice(0, units), text.slice(units)];
}

function codePoints(text: string): number {
  return [...text].length;
}
