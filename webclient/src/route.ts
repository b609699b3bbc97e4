// Copyright (c) 2026 The Dragoman authors. MIT License, see LICENSE.
// Which view an address means, and the address of each view.

export type Route =
  | { readonly view: "speak" }
  | { readonly view: "history"; readonly query: string }
  | { readonly view: "conversation"; readonly id: string; readonly paragraph: number | null };

/** The parts of an address that say where on this site it leads. */
export type Place = Pick<Location, "pathname" | "search" | "hash">;

export const SPEAK_ADDRESS = "/";
export const HISTORY_ADDRESS = "/history";

export function routeOf({ pathname, search, hash }: Place): Route {
  const [first, id, ...more] = pathname.split("/").slice(1);
  if (first !== "history" || more.join("") !== "") return { view: "speak" };
  if (!id) return { view: "history", query: new URLSearchParams(search).get("q") ?? "" };
  return { view: "conversation", id, paragraph: paragraphOf(hash) };
}

export function historyAddress(query: string): string {
  return query === "" ? HISTORY_ADDRESS : `${HISTORY_ADDRESS}?${new URLSearchParams({ q: query })}`;
}

export function conversationAddress(id: string, paragraph: number | null = null): string {
  return `${HISTORY_ADDRESS}/${encodeURIComponent(id)}${paragraph === null ? "" : `#${anchor(paragraph)}`}`;
}

/** What a paragraph is called within its conversation's page. */
export function anchor(paragraph: number): string {
  return `p-${paragraph}`;
}

/** Where to sign in, and to come back from; `signIn` is the server's address for it. */
export function signInAddress(signIn: string, { pathname, search, hash }: Place): string {
  return `${signIn}?${new URLSearchParams({ next: pathname + search + hash })}`;
}

function paragraphOf(hash: string): number | null {
  const index = /^#p-(\d{1,9})$/.exec(hash)?.[1];
  return index === undefined ? null : Number(index);
}
