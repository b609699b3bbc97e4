// Copyright (c) 2026 The Dragoman authors. MIT License, see LICENSE.
import { expect, test } from "vitest";
import { Preferences, storeOrNone } from "../src/preferences";
import { memory } from "./stand-ins";

test("what is chosen is there on the next visit", () => {
  const lasting = memory();
  const first = new Preferences(lasting, memory());
  first.pair = { source: "auto", target: "de" };
  first.dismissHint();
  first.showsDelays = true;
  const second = new Preferences(lasting, memory());
  expect(second.pair).toEqual({ source: "auto", target: "de" });
  expect(second.hintDismissed).toBe(true);
  expect(second.showsDelays).toBe(true);
  second.showsDelays = false;
  expect(first.showsDelays).toBe(false);
});

test("nothing is chosen at first", () => {
  const preferences = new Preferences(memory(), memory());
  expect(preferences.pair).toBeNull();
  expect(preferences.hintDismissed).toBe(false);
  expect(preferences.showsDelays).toBe(false);
  expect(preferences.conversationId).toBeNull();
});

test("the conversation belongs to the tab", () => {
  const [lasting, tab] = [memory(), memory()];
  new Preferences(lasting, tab).conversationId = "c";
  expect(new Preferences(lasting, tab).conversationId).toBe("c");
  expect(new Preferences(lasting, memory()).conversationId).toBeNull();
  new Preferences(lasting, tab).conversationId = null;
  expect(new Preferences(lasting, tab).conversationId).toBeNull();
});

test("a browser that keeps nothing is no trouble", () => {
  const none = storeOrNone(() => {
    throw new DOMException("denied", "SecurityError");
  });
  const preferences = new Preferences(none, none);
  preferences.pair = { source: "en", target: "de" };
  preferences.conversationId = "c";
  expect(preferences.pair).toBeNull();
  expect(preferences.conversationId).toBeNull();
});
