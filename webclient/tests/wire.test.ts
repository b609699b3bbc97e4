// Copyright (c) 2026 The Dragoman authors. MIT License, see LICENSE.
import { expect, test } from "vitest";
import { decodeEvent } from "../src/wire";

const partial = { type: "stt_partial", seq: 3, paragraph_id: 0, text: "Hi", stable: 2, language: "en" };

test("an event is read with its number", () => {
  expect(decodeEvent(JSON.stringify(partial))).toEqual(partial);
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
])("%s is not understood", (_, message) => {
  expect(decodeEvent(message)).toBeNull();
});
