// Copyright (c) 2026 The Dragoman authors. MIT License, see LICENSE.
// The server's HTTP API: every answer is checked here, every failure is a Trouble with the server's code.

import type { Language, Languages } from "./languages";
import { Trouble } from "./trouble";

export type Fetch = typeof fetch;

export interface StoredParagraph {
  readonly index: number;
  readonly sourceText: string;
  readonly translatedText: string;
  /** `final`, `partial` (some of it is missing), `none` (nothing could be translated), `pending`. */
  readonly translationStatus: string;
}

export interface StoredConversation {
  readonly id: string;
  readonly sourceLanguage: string;
  readonly targetLanguage: string;
  readonly paragraphs: readonly StoredParagraph[];
}

/** Resolves to a successful answer; rejects with Trouble. */
export async function request(fetch: Fetch, url: string, init: RequestInit = {}): Promise<Response> {
  const response = await reach(fetch, url, init);
  if (!response.ok) throw await problem(response);
  return response;
}

/** Rejects with `not_signed_in` where no one is. */
export async function checkLogin(fetch: Fetch): Promise<void> {
  await request(fetch, "/api/me");
}

export async function fetchLanguages(fetch: Fetch): Promise<Languages> {
  return languages(await json(await request(fetch, "/api/languages")));
}

export async function fetchConversation(fetch: Fetch, id: string): Promise<StoredConversation> {
  return conversation(await json(await request(fetch, `/api/conversations/${encodeURIComponent(id)}`)));
}

async function reach(fetch: Fetch, url: string, init: RequestInit): Promise<Response> {
  try {
    return await fetch(url, init);
  } catch (error) {
    // A TypeError is all that fetch tells of a network that does not answer.
    if (error instanceof TypeError) throw new Trouble("server_unreachable");
    throw error;
  }
}

async function problem(response: Response): Promise<Trouble> {
  const body = isProblem(response) ? await json(response) : {};
  const code = isRecord(body) && typeof body.code === "string" ? body.code : codeOfStatus(response.status);
  const detail = isRecord(body) && typeof body.detail === "string" ? body.detail : "";
  return new Trouble(code, detail, seconds(response.headers.get("Retry-After")));
}

function isProblem(response: Response): boolean {
  return response.headers.get("Content-Type")?.startsWith("application/problem+json") ?? false;
}

/** For answers that are not the application's own: a proxy in front of it, say. */
function codeOfStatus(status: number): string {
  if (status === 401) return "not_signed_in";
  if (status === 502 || status === 503 || status === 504) return "server_unreachable";
  return "unexpected_answer";
}

function seconds(retryAfter: string | null): number | null {
  return retryAfter !== null && /^\d+$/.test(retryAfter) ? Number(retryAfter) : null;
}

async function json(response: Response): Promise<unknown> {
  try {
    return await response.json();
  } catch (error) {
    if (error instanceof SyntaxError) throw new Trouble("unexpected_answer");
    throw error;
  }
}

function languages(value: unknown): Languages {
  const body = record(value);
  return {
    source: list(body.source).map(language),
    target: list(body.target).map(language),
    defaultSource: string(body.default_source),
    defaultTarget: string(body.default_target),
    demonstrationModel: body.demonstration_model === true,
  };
}

function language(value: unknown): Language {
  const body = record(value);
  return { code: string(body.code), name: string(body.name) };
}

function conversation(value: unknown): StoredConversation {
  const body = record(value);
  return {
    id: string(body.id),
    sourceLanguage: string(body.source_language),
    targetLanguage: string(body.target_language),
    paragraphs: list(body.paragraphs).map(storedParagraph),
  };
}

function storedParagraph(value: unknown): StoredParagraph {
  const body = record(value);
  if (typeof body.paragraph_index !== "number") throw new Trouble("unexpected_answer");
  return {
    index: body.paragraph_index,
    sourceText: string(body.source_text ?? ""),
    translatedText: string(body.translated_text ?? ""),
    translationStatus: string(body.translation_status),
  };
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function record(value: unknown): Record<string, unknown> {
  if (isRecord(value)) return value;
  throw new Trouble("unexpected_answer");
}

function list(value: unknown): readonly unknown[] {
  if (Array.isArray(value)) return value;
  throw new Trouble("unexpected_answer");
}

function string(value: unknown): string {
  if (typeof value === "string") return value;
  throw new Trouble("unexpected_answer");
}
