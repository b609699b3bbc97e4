// Copyright (c) 2026 The Dragoman authors. MIT License, see LICENSE.
// The server's HTTP API: every answer is checked here, every failure is a Trouble with the server's code.

import { isRecord, list, oneOf, record, string } from "./checks";
import type { Language, Languages } from "./languages";
import { Trouble } from "./trouble";

export type Fetch = typeof fetch;

/** Who is signed in. */
export interface Me {
  readonly id: string;
  readonly displayName: string;
}

/** How one signs in on this server. */
export interface SignIn {
  /** `local`: by the one-time link that the server prints; `oidc`: at the identity provider. */
  readonly method: "local" | "oidc";
  /** Where signing in begins; empty where it does not begin with an address. */
  readonly url: string;
}

/** Resolves to a successful answer; rejects with Trouble. */
export async function request(fetch: Fetch, url: string, init: RequestInit = {}): Promise<Response> {
  const response = await reach(fetch, url, init);
  if (!response.ok) throw await problem(response);
  return response;
}

/** Rejects with `not_signed_in` where no one is. */
export async function fetchMe(fetch: Fetch): Promise<Me> {
  const body = record(await json(await request(fetch, "/api/me")));
  return { id: string(body.id), displayName: string(body.display_name) };
}

export async function fetchSignIn(fetch: Fetch): Promise<SignIn> {
  const body = record(await json(await request(fetch, "/api/sign-in")));
  return { method: oneOf(body.method, ["local", "oidc"]), url: string(body.url) };
}

/** Resolves to the address to go on to: the start page, or the identity provider's own sign-out. */
export async function signOut(fetch: Fetch): Promise<string> {
  const next = string(record(await json(await request(fetch, "/api/logout", { method: "POST" }))).next);
  if (/^(https?:\/)?\//.test(next)) return next;
  throw new Trouble("unexpected_answer");
}

/** Says that somebody may soon speak. Where that cannot be said, it will show when they do. */
export async function warmUp(fetch: Fetch): Promise<void> {
  try {
    await request(fetch, "/api/warm-up", { method: "POST" });
  } catch (error) {
    if (!(error instanceof Trouble)) throw error;
  }
}

export async function fetchLanguages(fetch: Fetch): Promise<Languages> {
  return languages(await json(await request(fetch, "/api/languages")));
}

async function reach(fetch: Fetch, url: string, init: RequestInit): Promise<Response> {
  try {
    return await fetch(url, init);
  } catch (error) {
    // A TypeError is all that fetch tells of a network that does not answer.
    if (error instanceof TypeError) throw new Trouble("server_unreachable");
    throw error;
  }
}

async function problem(response: Response): Promise<Trouble> {
  const body = isProblem(response) ? await json(response) : {};
  const code = isRecord(body) && typeof body.code === "string" ? body.code : codeOfStatus(response.status);
  const detail = isRecord(body) && typeof body.detail === "string" ? body.detail : "";
  return new Trouble(code, detail, seconds(response.headers.get("Retry-After")));
}

function isProblem(response: Response): boolean {
  return response.headers.get("Content-Type")?.startsWith("application/problem+json") ?? false;
}

/** For answers that are not the application's own: a proxy in front of it, say. */
function codeOfStatus(status: number): string {
  if (status === 401) return "not_signed_in";
  if (status === 502 || status === 503 || status === 504) return "server_unreachable";
  return "unexpected_answer";
}

function seconds(retryAfter: string | null): number | null {
  return retryAfter !== null && /^\d+$/.test(retryAfter) ? Number(retryAfter) : null;
}

export async function json(response: Response): Promise<unknown> {
  try {
    return await response.json();
  } catch (error) {
    if (error instanceof SyntaxError) throw new Trouble("unexpected_answer");
    throw error;
  }
}

function languages(value: unknown): Languages {
  const body = record(value);
  return {
    source: list(body.source).map(language),
    target: list(body.target).map(language),
    defaultSource: string(body.default_source),
    defaultTarget: string(body.default_target),
    demonstrationModel: body.demonstration_model === true,
  };
}

function language(value: unknown): Language {
  const body = record(value);
  return { code: string(body.code), name: string(body.name) };
}
