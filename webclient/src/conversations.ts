// Copyright (c) 2026 The Dragoman authors. MIT License, see LICENSE.
// The conversations that the server keeps: asked for, checked, renamed, deleted.

import { type Fetch, json, request } from "./api";
import { list, number, oneOf, orNull, record, string } from "./checks";
import { type Doubts, knownDoubts } from "./doubts";

export interface StoredParagraph {
  readonly index: number;
  readonly sourceText: string;
  /** ISO 639-1, or an empty string where nobody has said. */
  readonly sourceLanguage: string;
  readonly translatedText: string;
  /** `final`, `partial` (some of it is missing), `none` (nothing could be translated), `pending`. */
  readonly translationStatus: string;
  /** What may be wrong with the translation. */
  readonly doubts: Doubts;
  /** ISO 8601. */
  readonly startedAt: string;
}

export interface Conversation {
  readonly id: string;
  /** Empty where nothing was said yet. */
  readonly title: string;
  /** ISO 639-1, or `auto`. */
  readonly sourceLanguage: string;
  readonly targetLanguage: string;
  /** ISO 8601, as is `updatedAt`. */
  readonly createdAt: string;
  readonly updatedAt: string;
  readonly durationMs: number;
}

export interface StoredConversation extends Conversation {
  readonly paragraphs: readonly StoredParagraph[];
}

export interface Summary extends Conversation {
  readonly paragraphCount: number;
  /** Where the words that were searched for stand; null without a search. */
  readonly match: Match | null;
}

export interface Match {
  readonly side: "source" | "translation" | "title";
  /** Null where the title matches. */
  readonly paragraph: number | null;
  readonly snippet: readonly Piece[];
}

export interface Piece {
  readonly text: string;
  /** These are words that were searched for. */
  readonly hit: boolean;
}

export interface SummaryPage {
  readonly conversations: readonly Summary[];
  /** What gets the next page; null on the last. */
  readonly nextCursor: string | null;
}

export const EXPORT_FORMATS = ["txt", "md", "docx", "srt", "vtt", "json"] as const;
export type ExportFormat = (typeof EXPORT_FORMATS)[number];

export const EXPORT_TEXTS = ["both", "source", "translation"] as const;
export type ExportText = (typeof EXPORT_TEXTS)[number];

/** As many as fill a screen or two. */
const PAGE_SIZE = 30;

export async function fetchConversations(
  fetch: Fetch,
  query: string,
  cursor: string | null,
): Promise<SummaryPage> {
  const asked = new URLSearchParams({ limit: String(PAGE_SIZE) });
  if (query !== "") asked.set("q", query);
  if (cursor !== null) asked.set("cursor", cursor);
  const body = record(await json(await request(fetch, `/api/conversations?${asked}`)));
  return {
    conversations: list(body.conversations).map(summary),
    nextCursor: orNull(body.next_cursor, string),
  };
}

export async function fetchConversation(fetch: Fetch, id: string): Promise<StoredConversation> {
  const body = record(await json(await request(fetch, address(id))));
  return { ...conversation(body), paragraphs: list(body.paragraphs).map(storedParagraph) };
}

/** Resolves to the title as it is kept: the server trims it. */
export async function renameConversation(fetch: Fetch, id: string, title: string): Promise<string> {
  const response = await request(fetch, address(id), {
    method: "PATCH",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ title }),
  });
  return string(record(await json(response)).title);
}

export async function deleteConversation(fetch: Fetch, id: string): Promise<void> {
  await request(fetch, address(id), { method: "DELETE" });
}

export function exportAddress(id: string, format: ExportFormat, text: ExportText): string {
  return `${address(id)}/export?${new URLSearchParams({ format, text })}`;
}

function address(id: string): string {
  return `/api/conversations/${encodeURIComponent(id)}`;
}

function conversation(body: Record<string, unknown>): Conversation {
  return {
    id: string(body.id),
    title: string(body.title),
    sourceLanguage: string(body.source_language),
    targetLanguage: string(body.target_language),
    createdAt: string(body.created_at),
    updatedAt: string(body.updated_at),
    durationMs: number(body.duration_ms),
  };
}

function summary(value: unknown): Summary {
  const body = record(value);
  return {
    ...conversation(body),
    paragraphCount: number(body.paragraph_count),
    match: orNull(body.match, match),
  };
}

function match(value: unknown): Match {
  const body = record(value);
  return {
    side: oneOf(body.side, ["source", "translation", "title"]),
    paragraph: orNull(body.paragraph_index, number),
    snippet: list(body.snippet).map(piece),
  };
}

function piece(value: unknown): Piece {
  const body = record(value);
  return { text: string(body.text), hit: body.hit === true };
}

function storedParagraph(value: unknown): StoredParagraph {
  const body = record(value);
  return {
    index: number(body.paragraph_index),
    sourceText: string(body.source_text ?? ""),
    sourceLanguage: string(body.source_language ?? ""),
    translatedText: string(body.translated_text ?? ""),
    translationStatus: string(body.translation_status),
    doubts: knownDoubts(list(body.translation_doubts)),
    startedAt: string(body.started_at),
  };
}
