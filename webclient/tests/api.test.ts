// Copyright (c) 2026 The Dragoman authors. MIT License, see LICENSE.
import { describe, expect, test } from "vitest";
import { checkLogin, fetchConversation, fetchLanguages } from "../src/api";
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
    expect(await trouble(checkLogin(fetch))).toMatchObject({
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
    expect((await trouble(checkLogin(answeringWith(answer)))).retryAfterS).toBeNull();
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

describe("a conversation", () => {
  const paragraph = {
    paragraph_index: 0,
    source_text: "Hi.",
    translated_text: null,
    status: "final",
    translation_status: "pending",
    started_at: null,
  };
  const stored = { id: "c/1", source_language: "en", target_language: "de", paragraphs: [paragraph] };

  test("is asked for by its id and read", async () => {
    const server = new StandInServer(() => Response.json(stored));
    expect(await fetchConversation(server.fetch, "c/1")).toEqual({
      id: "c/1",
      sourceLanguage: "en",
      targetLanguage: "de",
      paragraphs: [{ index: 0, sourceText: "Hi.", translatedText: "", translationStatus: "pending" }],
    });
    expect(server.seen[0]?.url).toBe("/api/conversations/c%2F1");
  });

  test("whose paragraphs have no index makes no sense", async () => {
    const body = { ...stored, paragraphs: [{ ...paragraph, paragraph_index: "0" }] };
    expect((await trouble(fetchConversation(answering(body), "c"))).code).toBe("unexpected_answer");
  });
});
