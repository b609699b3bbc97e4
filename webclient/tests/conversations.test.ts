// Copyright (c) 2026 The Dragoman authors. MIT License, see LICENSE.
import { describe, expect, test } from "vitest";
import {
  deleteConversation,
  exportAddress,
  fetchConversation,
  fetchConversations,
  renameConversation,
} from "../src/conversations";
import { Trouble } from "../src/trouble";
import { problem, StandInServer, storedConversation, storedSummary } from "./stand-ins";

function answering(body: unknown): StandInServer {
  return new StandInServer(() => Response.json(body));
}

async function codeOf(attempt: Promise<unknown>): Promise<string> {
  const failure: unknown = await attempt.catch((error: unknown) => error);
  if (failure instanceof Trouble) return failure.code;
  throw new Error("it did not fail, or not with Trouble");
}

describe("the list", () => {
  const match = {
    paragraph_index: 3,
    side: "translation",
    snippet: [
      { text: "the ", hit: false },
      { text: "harbour", hit: true },
    ],
  };

  test("is read, with the places that were found", async () => {
    const server = answering({ conversations: [storedSummary("c", { match })], next_cursor: "more" });
    expect(await fetchConversations(server.fetch, "harbour & sea", null)).toEqual({
      conversations: [
        {
          id: "c",
          title: "Title of c",
          sourceLanguage: "en",
          targetLanguage: "de",
          createdAt: "2026-11-22T11:00:00+00:00",
          updatedAt: "2026-11-22T11:05:00+00:00",
          durationMs: 83_000,
          paragraphCount: 1,
          match: { paragraph: 3, side: "translation", snippet: match.snippet },
        },
      ],
      nextCursor: "more",
    });
    expect(server.seen[0]?.url).toBe("/api/conversations?limit=30&q=harbour+%26+sea");
  });

  test("goes on after the cursor", async () => {
    const server = answering({ conversations: [], next_cursor: null });
    expect(await fetchConversations(server.fetch, "", "a/b")).toEqual({
      conversations: [],
      nextCursor: null,
    });
    expect(server.seen[0]?.url).toBe("/api/conversations?limit=30&cursor=a%2Fb");
  });

  test.each([
    ["no list", { next_cursor: null }],
    ["a conversation without a length", { conversations: [storedSummary("c", { duration_ms: null })] }],
    ["a match on a third side", { conversations: [storedSummary("c", { match: { ...match, side: "" } })] }],
  ])("%s makes no sense", async (_, body) => {
    expect(await codeOf(fetchConversations(answering(body).fetch, "", null))).toBe("unexpected_answer");
  });
});

describe("a conversation", () => {
  test("is asked for by its id and read", async () => {
    const server = answering(storedConversation("c/1"));
    expect(await fetchConversation(server.fetch, "c/1")).toMatchObject({
      id: "c/1",
      durationMs: 83_000,
      paragraphs: [
        {
          index: 0,
          sourceText: "Hi.",
          sourceLanguage: "en",
          translatedText: "Hallo.",
          translationStatus: "final",
          doubts: [],
          startedAt: "2026-11-22T11:00:02+00:00",
        },
      ],
    });
    expect(server.seen[0]?.url).toBe("/api/conversations/c%2F1");
  });

  test("whose paragraphs have no index makes no sense", async () => {
    const body = storedConversation("c", { paragraphs: [{ paragraph_index: "0" }] });
    expect(await codeOf(fetchConversation(answering(body).fetch, "c"))).toBe("unexpected_answer");
  });

  test("is renamed, and called what the server has made of the title", async () => {
    const server = answering(storedSummary("c", { title: "Harbour" }));
    expect(await renameConversation(server.fetch, "c", " Harbour ")).toBe("Harbour");
    expect(server.seen[0]).toMatchObject({ method: "PATCH", body: '{"title":" Harbour "}' });
    expect(server.seen[0]?.headers.get("Content-Type")).toBe("application/json");
  });

  test("with a title that cannot be kept is not renamed", async () => {
    const server = new StandInServer(() => problem(422, "bad_title"));
    expect(await codeOf(renameConversation(server.fetch, "c", ""))).toBe("bad_title");
  });

  test("is deleted", async () => {
    const server = new StandInServer(() => new Response(null, { status: 204 }));
    await deleteConversation(server.fetch, "c");
    expect(server.seen[0]).toMatchObject({ method: "DELETE", url: "/api/conversations/c" });
  });

  test("is exported from an address of its own", () => {
    expect(exportAddress("c/1", "srt", "translation")).toBe(
      "/api/conversations/c%2F1/export?format=srt&text=translation",
    );
  });
});
