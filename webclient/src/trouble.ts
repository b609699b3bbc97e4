// Copyright (c) 2026 The Dragoman authors. MIT License, see LICENSE.
// What can go wrong, by a stable code; the words for it are in trouble-texts.ts.

/** Opening or losing the microphone. */
export const MICROPHONE_CODES = [
  "microphone_refused",
  "microphone_missing",
  "microphone_in_use",
  "microphone_failed",
  "microphone_lost",
  "insecure_context",
] as const;

/** The way to the server. */
export const CONNECTION_CODES = [
  "server_unreachable",
  "could_not_connect",
  "connection_lost",
  "server_gone",
  "page_outdated",
  "unfinished",
  "unexpected_answer",
] as const;

/** The server's own answers (application/problem+json). */
export const PROBLEM_CODES = [
  "not_signed_in",
  "account_disabled",
  "foreign_origin",
  "unknown_language",
  "too_many_live_sessions",
  "not_found",
  "bad_title",
  "bad_query",
  "provider_unavailable",
  "database_unavailable",
  "internal_error",
] as const;

/** Why the server does not take an offer: never the person's doing. */
export const REFUSAL_CODES = [
  "bad_offer",
  "offer_too_large",
  "body_too_large",
  "unsupported_media_type",
  "no_audio",
  "audio_not_sent",
  "too_much_media",
  "not_bundled",
  "rtcp_not_multiplexed",
  "no_fingerprint",
  "too_many_codecs",
  "no_opus",
  "too_many_candidates",
] as const;

/** What only a page of another version would ask for. */
export const MISTAKE_CODES = ["bad_cursor", "bad_limit", "bad_json"] as const;

/** Why the server ended the live session, where it was not asked to. */
export const END_CODES = ["disconnected", "signed_out", "server_stopping", "ended_by_error"] as const;

export type MicrophoneCode = (typeof MICROPHONE_CODES)[number];
export type ConnectionCode = (typeof CONNECTION_CODES)[number];
export type ProblemCode = (typeof PROBLEM_CODES)[number];
export type RefusalCode = (typeof REFUSAL_CODES)[number];
export type MistakeCode = (typeof MISTAKE_CODES)[number];
export type EndCode = (typeof END_CODES)[number];
export type TroubleCode = MicrophoneCode | ConnectionCode | ProblemCode | RefusalCode | MistakeCode | EndCode;

/** Something went wrong and the person should hear of it. */
export class Trouble extends Error {
  override readonly name = "Trouble";
  /** A `TroubleCode`, or a code of a newer server. */
  readonly code: string;
  /** The server's English sentence, for codes that this page does not know. */
  readonly detail: string;
  /** When another try makes sense, where the server says so. */
  readonly retryAfterS: number | null;

  constructor(code: TroubleCode | (string & {}), detail = "", retryAfterS: number | null = null) {
    super(detail === "" ? code : `${code}: ${detail}`);
    this.code = code;
    this.detail = detail;
    this.retryAfterS = retryAfterS;
  }
}
