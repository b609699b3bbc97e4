// Copyright (c) 2026 The Dragoman authors. MIT License, see LICENSE.
// What travels on the data channel. Written by `python -m signaling.typescript`: change the Python, not this.

export const PROTOCOL_VERSION = 1;

/** The label of the data channel. */
export const CHANNEL_LABEL = "events";

/** Where the time from the end of speech to a final went, in milliseconds, one stage after the other. */
export interface Stages {
  /** From the moment of the last sample of speech to its arrival here: packets, network, jitter buffer. */
  capture_ms: number;
  /** Silence that was waited for until the speech counted as over. */
  vad_ms: number;
  /** Recognition after that; 0 where it had been done on speculation. */
  stt_ms: number;
  /** Writing it to the database. */
  record_ms: number;
  /** Waiting for the data channel to be open and free; the network comes after this. */
  send_ms: number;
}

/** The live session runs; the first event of every data channel. */
export interface SessionStarted {
  type: "session_started";
  protocol_version: number;
  live_session_id: string;
  /** Where the words will be kept. The row exists once something has been said. */
  conversation_id: string;
  /** ISO 639-1 code, or `auto`. */
  source_language: string;
  /** ISO 639-1 code. */
  target_language: string;
}

/** The open paragraph's source text as it is heard now. */
export interface SttPartial {
  type: "stt_partial";
  paragraph_id: number;
  text: string;
  /** How many Unicode code points at the start of `text` will never change. */
  stable: number;
  /** ISO 639-1 code of what is spoken, as far as the engine says. */
  language: string;
}

/** The paragraph's source text, which never changes again. It is in the database already. */
export interface SttParagraphFinal {
  type: "stt_paragraph_final";
  paragraph_id: number;
  text: string;
  /** ISO 639-1 code of what was spoken, or an empty string where the engine does not say. */
  language: string;
  started_ms: number;
  ended_ms: number;
  /** Nothing where the paragraph did not end with an end of speech. */
  stages: Stages | null;
}

/** More of a paragraph's translation; what was sent before stays as it is. */
export interface TranslationDelta {
  type: "translation_delta";
  paragraph_id: number;
  /** To be appended at `offset`. */
  text: string;
  /** How many Unicode code points of this translation were sent before. */
  offset: number;
}

/** A paragraph's whole translation. It is in the database already. */
export interface TranslationParagraphFinal {
  type: "translation_paragraph_final";
  paragraph_id: number;
  text: string;
  /** False where a sentence of it could not be translated; `text` then holds what could. */
  complete: boolean;
  /** What may be wrong with it, each once; a second try was no better. */
  doubts: readonly ("number" | "negation" | "untranslated" | "inexact")[];
  /** Milliseconds from the final of the source until this was stored. */
  after_ms: number;
}

/** How much audio has arrived; sent once a second while recording. */
export interface AudioReceived {
  type: "audio_received";
  ms: number;
}

/** Something that the person should know; the live session goes on. */
export interface Notice {
  type: "notice";
  /** Stable, for programs, e.g. `recogniser_unavailable`, `recogniser_back`. */
  code: string;
  /** English, for people; never holds speech. */
  message: string;
}

/** The answer to a `ping` command. */
export interface Pong {
  type: "pong";
  nonce: number;
}

/** The last event: everything that was said has been sent and stored. */
export interface SessionEnded {
  type: "session_ended";
  reason: "stopped" | "disconnected" | "signed_out" | "server_stopping" | "internal_error";
}

/** What the server says. */
export type Event =
  | SessionStarted
  | SttPartial
  | SttParagraphFinal
  | TranslationDelta
  | TranslationParagraphFinal
  | AudioReceived
  | Notice
  | Pong
  | SessionEnded;

/** An event as it arrives: `seq` counts up by one, from 1. */
export type ServerEvent = Event & { seq: number };

/** The person has finished: hear what is still on its way, settle everything, then end. */
export interface Stop {
  type: "stop";
}

/** A sign of life, every two seconds; answered by `pong`. */
export interface Ping {
  type: "ping";
  /** Comes back in the `pong`. */
  nonce: number;
}

/** Other languages from the next utterance on. */
export interface SetLanguages {
  type: "set_languages";
  /** ISO 639-1 code, or `auto`. */
  source: string;
  /** ISO 639-1 code. */
  target: string;
}

/** What the browser says. */
export type Command = Stop | Ping | SetLanguages;
