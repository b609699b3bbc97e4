// Copyright (c) 2026 The Dragoman authors. MIT License, see LICENSE.
// Turns a message of the data channel into an event whose fields have been checked.
//
// The table below is complete by its type: an event or a field that the server's types gain fails the build here.

import type { Event, ServerEvent } from "./protocol";

type Kind<T> = [T] extends [string]
  ? "string"
  : [T] extends [number]
    ? "number"
    : [T] extends [boolean]
      ? "boolean"
      : [T] extends [readonly string[]]
        ? "strings"
        : Fields<NonNullable<T>>;
/** What is not one value has fields itself, or is null. */
type Fields<E> = { readonly [K in Exclude<keyof E, "type">]-?: Kind<E[K]> };
/** The same without its type. */
type AnyKind = string | { readonly [name: string]: AnyKind };

const FIELDS: { readonly [E in Event as E["type"]]: Fields<E> } = {
  session_started: {
    protocol_version: "number",
    live_session_id: "string",
    conversation_id: "string",
    source_language: "string",
    target_language: "string",
  },
  stt_partial: { paragraph_id: "number", text: "string", stable: "number", language: "string" },
  stt_paragraph_final: {
    paragraph_id: "number",
    text: "string",
    language: "string",
    started_ms: "number",
    ended_ms: "number",
    stages: {
      capture_ms: "number",
      vad_ms: "number",
      stt_ms: "number",
      record_ms: "number",
      send_ms: "number",
    },
  },
  translation_delta: { paragraph_id: "number", text: "string", offset: "number" },
  translation_paragraph_final: {
    paragraph_id: "number",
    text: "string",
    complete: "boolean",
    doubts: "strings",
    after_ms: "number",
  },
  audio_received: { ms: "number" },
  notice: { code: "string", message: "string" },
  pong: { nonce: "number" },
  session_ended: { reason: "string" },
};

/** The event, or null for what this page does not understand (an event of a newer server, say). */
export function decodeEvent(message: unknown): ServerEvent | null {
  const value = parseObject(message);
  if (value === null || typeof value.seq !== "number" || !isEventType(value.type)) return null;
  return hasFields(value, FIELDS[value.type]) ? (value as unknown as ServerEvent) : null;
}

function hasFields(value: object, fields: { readonly [name: string]: AnyKind }): boolean {
  const found: Record<string, unknown> = { ...value };
  return Object.entries(fields).every(([name, kind]) => isOfKind(found[name], kind));
}

function isOfKind(value: unknown, kind: AnyKind): boolean {
  if (kind === "strings") return Array.isArray(value) && value.every((one) => typeof one === "string");
  if (typeof kind === "string") return typeof value === kind;
  return value === null || (typeof value === "object" && hasFields(value, kind));
}

function isEventType(type: unknown): type is Event["type"] {
  return typeof type === "string" && Object.hasOwn(FIELDS, type);
}

function parseObject(message: unknown): Record<string, unknown> | null {
  if (typeof message !== "string") return null;
  try {
    const value: unknown = JSON.parse(message);
    return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : null;
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}
