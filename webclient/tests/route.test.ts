// Copyright (c) 2026 The Dragoman authors. MIT License, see LICENSE.
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { conversationAddress, historyAddress, type Place, routeOf, signInAddress } from "../src/route";

function placeOf(address: string): Place {
  return new URL(address, "https://dragoman.example.org");
}

test.each([
  ["/", { view: "speak" }],
  ["/?source=en&target=de", { view: "speak" }],
  ["/history", { view: "history", query: "" }],
  ["/history/", { view: "history", query: "" }],
  ["/history?q=two+words", { view: "history", query: "two words" }],
  ["/history/5b1d", { view: "conversation", id: "5b1d", paragraph: null }],
  ["/history/5b1d/", { view: "conversation", id: "5b1d", paragraph: null }],
  ["/history/5b1d#p-3", { view: "conversation", id: "5b1d", paragraph: 3 }],
  ["/history/5b1d#p-", { view: "conversation", id: "5b1d", paragraph: null }],
  ["/history/5b1d#p-1e9", { view: "conversation", id: "5b1d", paragraph: null }],
  ["/history/5b1d/more", { view: "speak" }],
  ["/elsewhere", { view: "speak" }],
])("%s", (address, route) => {
  expect(routeOf(placeOf(address))).toEqual(route);
});

describe("an address that was made", () => {
  test("leads to what it was made for", () => {
    fc.assert(
      fc.property(fc.uuid(), fc.nat({ max: 999_999 }), (id, paragraph) => {
        expect(routeOf(placeOf(conversationAddress(id, paragraph)))).toEqual({
          view: "conversation",
          id,
          paragraph,
        });
      }),
    );
  });

  test("keeps every word that is searched for", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme" }), (query) => {
        expect(routeOf(placeOf(historyAddress(query)))).toEqual({ view: "history", query });
      }),
    );
  });
});

test("signing in comes back to the very place", () => {
  const address = signInAddress("/login", placeOf("/history/5b1d?q=a&b#p-3"));
  expect(new URLSearchParams(address.slice("/login?".length)).get("next")).toBe("/history/5b1d?q=a&b#p-3");
});
