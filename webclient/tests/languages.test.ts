// Copyright (c) 2026 The Dragoman authors. MIT License, see LICENSE.
import { describe, expect, test } from "vitest";
import {
  addressWith,
  canSwap,
  choosePair,
  type Languages,
  nameOf,
  swapped,
  withSource,
  withTarget,
} from "../src/languages";

const [auto, en, de, eu] = [
  { code: "auto", name: "Detect language" },
  { code: "en", name: "English" },
  { code: "de", name: "German" },
  { code: "eu", name: "Basque" },
];
const languages: Languages = {
  source: [auto, en, de, eu],
  target: [en, de],
  defaultSource: "auto",
  defaultTarget: "en",
  demonstrationModel: false,
};

describe("which pair is chosen", () => {
  test("the address decides", () => {
    const remembered = { source: "de", target: "en" };
    expect(choosePair(languages, "?source=en&target=de", remembered)).toEqual({ source: "en", target: "de" });
  });

  test("then what was chosen last time", () => {
    expect(choosePair(languages, "", { source: "en", target: "de" })).toEqual({ source: "en", target: "de" });
  });

  test("then the server's defaults", () => {
    expect(choosePair(languages, "", null)).toEqual({ source: "auto", target: "en" });
  });

  test("what the server does not offer counts as not asked for", () => {
    expect(choosePair(languages, "?source=xx&target=eu", { source: "de", target: "yy" })).toEqual({
      source: "de",
      target: "en",
    });
  });

  test("the same language twice leaves the source to be detected", () => {
    expect(choosePair(languages, "?source=de&target=de", null)).toEqual({ source: "auto", target: "de" });
  });
});

describe("choosing", () => {
  const pair = { source: "en", target: "de" };

  test("a source that is the target swaps the two", () => {
    expect(withSource(pair, "de", languages)).toEqual({ source: "de", target: "en" });
  });

  test("a source that is the target finds another target where they cannot swap", () => {
    expect(withSource({ source: "auto", target: "en" }, "en", languages)).toEqual({
      source: "en",
      target: "de",
    });
  });

  test("a target that is the source swaps the two", () => {
    expect(withTarget(pair, "en", languages)).toEqual({ source: "de", target: "en" });
  });

  test("any other choice leaves the other side alone", () => {
    expect(withSource(pair, "eu", languages)).toEqual({ source: "eu", target: "de" });
    expect(withTarget({ source: "auto", target: "de" }, "en", languages)).toEqual({
      source: "auto",
      target: "en",
    });
  });

  test("only what both sides offer can be swapped", () => {
    expect(canSwap(pair, languages)).toBe(true);
    expect(canSwap({ source: "auto", target: "de" }, languages)).toBe(false);
    expect(canSwap({ source: "eu", target: "de" }, languages)).toBe(false);
    expect(swapped(pair)).toEqual({ source: "de", target: "en" });
  });
});

test("the address takes the pair and keeps the rest", () => {
  const address = addressWith("?target=en&theme=dark", { source: "auto", target: "de" });
  expect(address).toBe("?target=de&theme=dark&source=auto");
});

test("a language without a name is called by its code", () => {
  expect(nameOf(languages.source, "de")).toBe("German");
  expect(nameOf(languages.source, "xx")).toBe("xx");
});
