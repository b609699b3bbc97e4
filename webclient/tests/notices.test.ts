// Copyright (c) 2026 The Dragoman authors. MIT License, see LICENSE.
import { expect, test } from "vitest";
import { type ActiveNotice, afterwards, withNotice, withoutNotice } from "../src/notices";

function after(...codes: string[]): string[] {
  const notices = codes.reduce<readonly ActiveNotice[]>(
    (active, code) => withNotice(active, { type: "notice", code, message: "" }),
    [],
  );
  return notices.map((notice) => notice.code);
}

test("a part that is back takes its notice away, and no other", () => {
  expect(after("recogniser_unavailable", "translator_unavailable", "recogniser_back")).toEqual([
    "translator_unavailable",
  ]);
});

test("the newest notice about a part replaces the one before", () => {
  expect(after("recogniser_unavailable", "recogniser_refused")).toEqual(["recogniser_refused"]);
});

test("the same notice twice stands once", () => {
  expect(after("words_lost", "words_lost")).toEqual(["words_lost"]);
});

test("notices of a newer server stand beside each other", () => {
  expect(after("tea_is_ready", "kettle_is_cold")).toEqual(["tea_is_ready", "kettle_is_cold"]);
});

test("a notice can be waved aside", () => {
  const notices = [{ code: "words_lost", message: "" }];
  expect(withoutNotice(notices, "words_lost")).toEqual([]);
  expect(withoutNotice(notices, "another")).toEqual(notices);
});

test("after the end, how the parts were does not matter any more", () => {
  const notices = ["recogniser_unavailable", "words_lost"].map((code) => ({ code, message: "" }));
  expect(afterwards(notices).map((notice) => notice.code)).toEqual(["words_lost"]);
});
