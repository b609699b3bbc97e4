// Copyright (c) 2026 The Dragoman authors. MIT License, see LICENSE.
import { describe, expect, test } from "vitest";
import { fetchLanguages, fetchMe, fetchSignIn, signOut } from "../src/api";
import { Trouble } from "../src/trouble";
import { problem, StandInServer } from "./stand-ins";

function answering(body: unknown): typeof fetch {
  return new StandInServer(() => Response.json(body)).fetch;
}

function answeringWith(answer: Response | Error): typeof fetch {
  return new StandInServer(() => answer).fetch;
}

async function trouble(attempt: Promise<unknown>): Promise<Trouble> {
  const failure: unknown = await attempt.catch((error: unknown) => error);
  if (failure instanceof Trouble) return failure;
  throw new Error("it did not fail, or not with Trouble");
}

describe("failures have a code", () => {
  test("the server's own, from its problem document", async () => {
    const fetch = answeringWith(problem(503, "database_unavailable", "Gone.", { "Retry-After": "5" }));
    expect(await trouble(fetchMe(fetch))).toMatchObject({
      code: "database_unavailable",
      detail: "Gone.",
      retryAfterS: 5,
    });
  });

  test.each([
    ["no network", new TypeError("Failed to fetch"), "server_unreachable"],
    [
      "a proxy without its server",
      new Response("<h1>Bad gateway</h1>", { status: 502 }),
      "server_unreachable",
    ],
    ["a proxy that wants a sign-in", new Response("", { status: 401 }), "not_signed_in"],
    ["an answer of something else", new Response("teapot", { status: 418 }), "unexpected_answer"],
    ["a page in place of data", new Response("<!doctype html>"), "unexpected_answer"],
  ])("%s", async (_, answer, code) => {
    expect(await trouble(fetchLanguages(answeringWith(answer)))).toMatchObject({ code, retryAfterS: null });
  });

  test("a date to try again is none in seconds", async () => {
    const answer = problem(503, "too_many_live_sessions", "", {
      "Retry-After": "Wed, 21 Oct 2026 07:28:00 GMT",
    });
    expect((await trouble(fetchMe(answeringWith(answer)))).retryAfterS).toBeNull();
  });
});

describe("languages", () => {
  const offered = {
    source: [{ code: "auto", name: "Detect language" }],
    target: [{ code: "de", name: "German" }],
    default_source: "auto",
    default_target: "de",
    demonstration_model: true,
  };

  test("are read", async () => {
    expect(await fetchLanguages(answering(offered))).toEqual({
      source: [{ code: "auto", name: "Detect language" }],
      target: [{ code: "de", name: "German" }],
      defaultSource: "auto",
      defaultTarget: "de",
      demonstrationModel: true,
    });
  });

  test.each([
    ["a list", []],
    ["no source", { ...offered, source: undefined }],
    ["a name that is a number", { ...offered, target: [{ code: "de", name: 1 }] }],
    ["no default", { ...offered, default_target: null }],
  ])("%s makes no sense", async (_, body) => {
    expect((await trouble(fetchLanguages(answering(body)))).code).toBe("unexpected_answer");
  });
});

describe("the account", () => {
  test("has a name", async () => {
    const ada = answering({ id: "1", display_name: "Ada" });
    expect(await fetchMe(ada)).toEqual({ id: "1", displayName: "Ada" });
  });

  test("is signed in where the server says", async () => {
    const oidc = { method: "oidc", url: "/login" };
    expect(await fetchSignIn(answering(oidc))).toEqual(oidc);
    const unheardOf = fetchSignIn(answering({ method: "handshake", url: "" }));
    expect((await trouble(unheardOf)).code).toBe("unexpected_answer");
  });

  test("is signed out by a POST, which says where to go on", async () => {
    const server = new StandInServer(() => Response.json({ next: "https://id.example.org/end" }));
    expect(await signOut(server.fetch)).toBe("https://id.example.org/end");
    expect(server.seen[0]).toMatchObject({ method: "POST", url: "/api/logout" });
  });

  test("an address that would run as a script is no place to go on to", async () => {
    const script = signOut(answering({ next: "javascript:alert(1)" }));
    expect((await trouble(script)).code).toBe("unexpected_answer");
  });
});
