// Copyright (c) 2026 The Dragoman authors. MIT License, see LICENSE.
import { describe, expect, test } from "vitest";
import type { Summary } from "../src/conversations";
import { canLoadMore, type ListEvent, type ListState, NOTHING_LISTED, reduceList } from "../src/summaries";
import { Trouble } from "../src/trouble";

function summary(id: string, change: Partial<Summary> = {}): Summary {
  return {
    id,
    title: id,
    sourceLanguage: "en",
    targetLanguage: "de",
    createdAt: "2026-11-22T11:00:00Z",
    updatedAt: "2026-11-22T11:00:00Z",
    durationMs: 0,
    paragraphCount: 1,
    match: null,
    ...change,
  };
}

function came(question: number, ids: readonly string[], nextCursor: string | null = null): ListEvent {
  return { type: "came", question, page: { conversations: ids.map((id) => summary(id)), nextCursor } };
}

function folded(...events: readonly ListEvent[]): ListState {
  return events.reduce(reduceList, NOTHING_LISTED);
}

function ids(state: ListState): string[] {
  return state.summaries.map(({ id }) => id);
}

const ASKED: ListEvent = { type: "asked", query: "" };

describe("asking", () => {
  test("shows what came", () => {
    const state = folded(ASKED, came(1, ["a", "b"]));
    expect(state.phase).toBe("ready");
    expect(ids(state)).toEqual(["a", "b"]);
  });

  test("again keeps what is shown until the answer, and knows what that was searched by", () => {
    const state = folded(ASKED, came(1, ["a"]), { type: "asked", query: "x" });
    expect(state).toMatchObject({ phase: "loading", query: "x", typed: "x", shownQuery: "" });
    expect(ids(state)).toEqual(["a"]);
    expect(ids(reduceList(state, came(2, ["b"])))).toEqual(["b"]);
  });

  test("faster than the server answers leaves only the last answer", () => {
    const state = folded(ASKED, { type: "asked", query: "x" }, came(2, ["x"]), came(1, ["all"]));
    expect(ids(state)).toEqual(["x"]);
    expect(state.shownQuery).toBe("x");
  });

  test("that fails says why, and only for the newest question", () => {
    const trouble = new Trouble("server_unreachable");
    expect(folded(ASKED, { type: "failed", question: 1, trouble })).toMatchObject({
      phase: "failed",
      trouble,
    });
    const stale = folded(ASKED, ASKED, { type: "failed", question: 1, trouble });
    expect(stale).toMatchObject({ phase: "loading", trouble: null });
    expect(folded(ASKED, { type: "failed", question: 1, trouble }, ASKED).trouble).toBeNull();
  });

  test("typing changes the field and nothing else", () => {
    const state = folded(ASKED, came(1, ["a"]));
    expect(reduceList(state, { type: "typed", query: "b" })).toEqual({ ...state, typed: "b" });
  });
});

describe("more", () => {
  test("is appended, and what comes twice is shown once", () => {
    const state = folded(ASKED, came(1, ["a", "b"], "next"), { type: "more" }, came(2, ["b", "c"]));
    expect(ids(state)).toEqual(["a", "b", "c"]);
    expect(canLoadMore(state)).toBe(false);
  });

  test("is not asked for where there is none, nor twice at once", () => {
    const all = folded(ASKED, came(1, ["a"]));
    expect(reduceList(all, { type: "more" })).toBe(all);
    const loading = folded(ASKED, came(1, ["a"], "next"), { type: "more" });
    expect(reduceList(loading, { type: "more" })).toBe(loading);
  });
});

describe("a change elsewhere", () => {
  test("renames, and forgets the marks in the old title", () => {
    const match = { side: "title", paragraph: null, snippet: [] } as const;
    const page = { conversations: [summary("a", { match }), summary("b")], nextCursor: null };
    const state = folded(
      ASKED,
      { type: "came", question: 1, page },
      { type: "renamed", id: "a", title: "New" },
    );
    expect(state.summaries).toEqual([summary("a", { title: "New" }), summary("b")]);
  });

  test("deletes", () => {
    expect(ids(folded(ASKED, came(1, ["a", "b"]), { type: "deleted", id: "a" }))).toEqual(["b"]);
  });
});
