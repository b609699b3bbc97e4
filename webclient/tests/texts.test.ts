// Copyright (c) 2026 The Dragoman authors. MIT License, see LICENSE.
import { describe, expect, test } from "vitest";
import { NOTICE_CODES } from "../src/notices";
import { clock } from "../src/texts";
import {
  CONNECTION_CODES,
  END_CODES,
  MICROPHONE_CODES,
  MISTAKE_CODES,
  PROBLEM_CODES,
  REFUSAL_CODES,
  Trouble,
} from "../src/trouble";
import { noticeText, troubleText } from "../src/trouble-texts";

const UNKNOWN = troubleText(new Trouble("tea_time")).title;

/** The server's Python, by path, to read its codes from. */
const sources = import.meta.glob<string>(["../../server/**/*.py", "../../media/*.py"], {
  query: "?raw",
  import: "default",
  eager: true,
});

function codesIn(pattern: RegExp, path = ""): string[] {
  const files = Object.entries(sources).filter(([name]) => name.includes(path));
  return files.flatMap(([, source]) => [...source.matchAll(pattern)].map((match) => match[1] ?? ""));
}

describe("every trouble has words", () => {
  const codes = [
    ...MICROPHONE_CODES,
    ...CONNECTION_CODES,
    ...PROBLEM_CODES,
    ...REFUSAL_CODES,
    ...MISTAKE_CODES,
    ...END_CODES,
  ];

  test.each(codes)("%s", (code) => {
    const { title, advice } = troubleText(new Trouble(code));
    expect(title).not.toBe(UNKNOWN);
    expect(title).not.toMatch(/\.$/);
    expect(advice).toMatch(/\.$/);
  });
});

describe("the server's codes are known here", () => {
  /** Answers to people who follow a link, and to programs with access tokens: this page shows neither. */
  const elsewhere = ["only_when_opened", "link_not_valid", "web_client_missing", "bearer_not_accepted"];

  test("of its problems", () => {
    const codes = codesIn(/(?:Problem\(\s*\d{3},\s*|_refusal\()"([a-z_]+)"/g).filter(
      (code) => !elsewhere.includes(code),
    );
    expect(codes).toContain("not_signed_in");
    expect(codes.filter((code) => troubleText(new Trouble(code)).title === UNKNOWN)).toEqual([]);
  });

  test("of the notices that its parts send", () => {
    const codes = [
      ...codesIn(/Notice\(\s*code="([a-z_]+)"/g),
      ...codesIn(/code = "([a-z_]+)"/g, "media/errors.py"),
    ];
    expect(codes).toContain("recogniser_back");
    const known: readonly string[] = [...NOTICE_CODES, "engine_error"];
    expect(codes.filter((code) => !known.includes(code))).toEqual([]);
  });
});

describe("every notice has words", () => {
  test.each(NOTICE_CODES.filter((code) => !code.endsWith("_back")))("%s", (code) => {
    const { title, advice } = noticeText({ code, message: "said by the server" });
    expect(title).not.toBe("said by the server");
    expect(advice).toMatch(/\.$/);
  });

  test("a notice of a newer server speaks for itself", () => {
    expect(noticeText({ code: "tea_time", message: "Tea." })).toEqual({ title: "Tea.", advice: "" });
  });
});

test("trouble of a newer server speaks for itself", () => {
  expect(troubleText(new Trouble("tea_time", "The kettle is empty.")).advice).toBe("The kettle is empty.");
});

test("when to try again is said where the server says it", () => {
  const busy = troubleText(new Trouble("too_many_live_sessions", "", 10));
  expect(busy.advice).toMatch(/Try again in 10 seconds\.$/);
  expect(troubleText(new Trouble("too_many_live_sessions", "", 1)).advice).toMatch(/in one second\.$/);
});

test.each([
  [0, "0:00"],
  [59_999, "0:59"],
  [61_000, "1:01"],
  [3_600_000, "1:00:00"],
  [3_661_000, "1:01:01"],
])("%i ms is %s on the clock", (ms, words) => {
  expect(clock(ms)).toBe(words);
});
