// Copyright (c) 2026 The Dragoman authors. MIT License, see LICENSE.
import { expect, test } from "vitest";
import { ago, exactly } from "../src/when";

const NOW = Date.parse("2026-11-22T12:00:00Z");

test.each([
  ["2026-11-22T12:00:30Z", "just now"],
  ["2026-11-22T11:59:31Z", "just now"],
  ["2026-11-22T11:59:00Z", "1 minute ago"],
  ["2026-11-22T09:01:00Z", "2 hours ago"],
  ["2026-11-21T11:00:00Z", "yesterday"],
  ["2026-11-10T12:00:00Z", "last week"],
  ["2026-08-22T12:00:00Z", "3 months ago"],
  ["2020-01-01T00:00:00Z", "6 years ago"],
])("%s is said as %s", (time, words) => {
  expect(ago(time, NOW)).toBe(words);
});

test("the exact time is said in the place's own time", () => {
  expect(exactly("2026-11-22T11:01:30+00:00", "Europe/Berlin")).toBe("22 November 2026 at 12:01");
});
