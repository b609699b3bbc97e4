// Copyright (c) 2026 The Dragoman authors. MIT License, see LICENSE.
// The list of conversations: a pure fold over what was asked for and what came.
//
//   from                        event    to
//   any                         typed    the same, with what stands in the search field
//   any                         asked    loading (what is shown stays until the answer)
//   ready with more to come     more     loading_more
//   loading, loading_more       came     ready
//   loading, loading_more       failed   failed
//   failed                      asked    loading
//
// An answer to anything but the newest question is ignored.

import type { Summary, SummaryPage } from "./conversations";
import type { Trouble } from "./trouble";

export interface ListState {
  readonly phase: "loading" | "loading_more" | "ready" | "failed";
  /** Counts the questions, so that an answer to an older one is known as such. */
  readonly question: number;
  /** What stands in the search field. */
  readonly typed: string;
  /** What is searched for. */
  readonly query: string;
  /** What the summaries that are shown were searched by; differs from `query` while it is being asked. */
  readonly shownQuery: string;
  readonly summaries: readonly Summary[];
  readonly nextCursor: string | null;
  readonly trouble: Trouble | null;
}

export type ListEvent =
  | { readonly type: "typed"; readonly query: string }
  | { readonly type: "asked"; readonly query: string }
  | { readonly type: "more" }
  | { readonly type: "came"; readonly question: number; readonly page: SummaryPage }
  | { readonly type: "failed"; readonly question: number; readonly trouble: Trouble }
  | { readonly type: "renamed"; readonly id: string; readonly title: string }
  | { readonly type: "deleted"; readonly id: string };

export const NOTHING_LISTED: ListState = {
  phase: "loading",
  question: 0,
  typed: "",
  query: "",
  shownQuery: "",
  summaries: [],
  nextCursor: null,
  trouble: null,
};

export function reduceList(state: ListState, event: ListEvent): ListState {
  switch (event.type) {
    case "typed":
      return { ...state, typed: event.query };
    case "asked":
      return asked(state, event.query);
    case "more":
      if (!canLoadMore(state)) return state;
      return { ...state, phase: "loading_more", question: state.question + 1, trouble: null };
    case "came":
      return event.question === state.question ? withPage(state, event.page) : state;
    case "failed":
      return event.question === state.question
        ? { ...state, phase: "failed", trouble: event.trouble }
        : state;
    case "renamed":
      return { ...state, summaries: state.summaries.map((summary) => renamed(summary, event)) };
    case "deleted":
      return { ...state, summaries: state.summaries.filter(({ id }) => id !== event.id) };
  }
}

/** Nothing is being asked, and the server has more. */
export function canLoadMore({ phase, nextCursor }: ListState): boolean {
  return phase === "ready" && nextCursor !== null;
}

function asked(state: ListState, query: string): ListState {
  // A space after the last word is no other query, and must not vanish under the person's fingers.
  const typed = state.typed.trim() === query ? state.typed : query;
  return { ...state, phase: "loading", question: state.question + 1, typed, query, trouble: null };
}

function withPage(state: ListState, page: SummaryPage): ListState {
  const before = state.phase === "loading_more" ? state.summaries : [];
  const known = new Set(before.map(({ id }) => id));
  return {
    ...state,
    phase: "ready",
    shownQuery: state.query,
    // What was changed between two pages may come twice.
    summaries: [...before, ...page.conversations.filter(({ id }) => !known.has(id))],
    nextCursor: page.nextCursor,
  };
}

function renamed(summary: Summary, { id, title }: { readonly id: string; readonly title: string }): Summary {
  if (summary.id !== id) return summary;
  // Marks in the old title say nothing about the new one.
  return { ...summary, title, match: summary.match?.side === "title" ? null : summary.match };
}
