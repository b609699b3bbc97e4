// Copyright (c) 2026 The Dragoman authors. MIT License, see LICENSE.
import { expect, test } from "vitest";
import { decodeEvent } from "../src/wire";

const partial = { type: "stt_partial", seq: 3, paragraph_id: 0, text: "Hi", stable: 2, language: "en" };

test("an event is read with its number", () => {
  expect(decodeEvent(JSON.stringify(partial))).toEqual(partial);
});

const stages = { capture_ms: 1, vad_ms: 2, stt_ms: 3, record_ms: 4, send_ms: 5 };
const final = {
  type: "stt_paragraph_final",
  seq: 4,
  paragraph_id: 0,
  text: "Hi",
  language: "en",
  started_ms: 0,
  ended_ms: 9,
};

test.each([[stages], [null]])("a final is read whether its stages are known or not", (known) => {
  const event = { ...final, stages: known };
  expect(decodeEvent(JSON.stringify(event))).toEqual(event);
});

const translated = {
  type: "translation_paragraph_final",
  seq: 5,
  paragraph_id: 0,
  text: "Ja",
  complete: true,
};

test("a translation is read with its doubts", () => {
  const event = { ...translated, doubts: ["number"], after_ms: 1 };
  expect(decodeEvent(JSON.stringify(event))).toEqual(event);
});

test("fields of a newer server do no harm", () => {
  expect(decodeEvent(JSON.stringify({ ...partial, mood: "good" }))).not.toBeNull();
});

test.each([
  ["no text", new ArrayBuffer(2)],
  ["no JSON", "{"],
  ["no object", "42"],
  ["null", "null"],
  ["no number", JSON.stringify({ ...partial, seq: undefined })],
  ["a type of a newer server", JSON.stringify({ ...partial, type: "tea_time" })],
  ["a type that every object has", JSON.stringify({ ...partial, type: "constructor" })],
  ["a field that is missing", JSON.stringify({ ...partial, text: undefined })],
  ["a field of another kind", JSON.stringify({ ...partial, stable: "2" })],
  ["a list that is none", JSON.stringify({ ...translated, doubts: "number", after_ms: 1 })],
  ["a list of other things", JSON.stringify({ ...translated, doubts: [1], after_ms: 1 })],
  ["a part that is missing", JSON.stringify(final)],
  ["a part of another kind", JSON.stringify({ ...final, stages: 5 })],
  ["a part that lacks a field", JSON.stringify({ ...final, stages: { ...stages, vad_ms: undefined } })],
])("%s is not understood", (_, message) => {
  expect(decodeEvent(message)).toBeNull();
});
