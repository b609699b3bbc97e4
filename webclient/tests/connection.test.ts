// Copyright (c) 2026 The Dragoman authors. MIT License, see LICENSE.
import { describe, expect, test } from "vitest";
import {
  CONNECT_LIMIT_MS,
  Connection,
  type ConnectionState,
  FINISH_LIMIT_MS,
  GATHERING_LIMIT_MS,
  MUTE_AFTER_STOP_MS,
} from "../src/connection";
import { PING_EVERY_MS } from "../src/heartbeat";
import type { Event, ServerEvent } from "../src/protocol";
import {
  answered,
  deferred,
  HandTimers,
  OFFER,
  problem,
  STARTED,
  StandInPeer,
  StandInServer,
  settled,
  standInTrack,
  willing,
} from "./stand-ins";

const PAIR = { source: "auto", target: "de" };

class Scene {
  readonly timers = new HandTimers();
  readonly peer = new StandInPeer();
  readonly track = standInTrack();
  readonly states: ConnectionState[] = [];
  readonly events: ServerEvent[] = [];
  readonly server: StandInServer;
  readonly connection: Connection;

  constructor(answer: ConstructorParameters<typeof StandInServer>[0] = willing) {
    this.server = new StandInServer(answer);
    this.connection = new Connection(
      { fetch: this.server.fetch, createPeer: () => this.peer.asPeer, timers: this.timers },
      { onState: (state) => this.states.push(state), onEvent: (event) => this.events.push(event) },
    );
  }

  get phases(): string[] {
    return this.states.map((state) => state.phase);
  }

  get failure(): string | null {
    const { state } = this.connection;
    return state.phase === "failed" ? state.trouble.code : null;
  }

  async open(): Promise<this> {
    this.peer.iceGatheringState = "complete";
    await this.connection.open(this.track, PAIR);
    return this;
  }

  async live(): Promise<this> {
    await this.open();
    this.peer.openChannel();
    this.peer.says(STARTED);
    return this;
  }

  sent(type: string): unknown[] {
    return this.peer.channel.sent.filter((command) => (command as { type: string }).type === type);
  }
}

const ended: Event = { type: "session_ended", reason: "stopped" };
const more: Event = { type: "stt_partial", paragraph_id: 0, text: "more", stable: 0, language: "" };

describe("connecting", () => {
  test("sends the offer with both languages and takes the answer", async () => {
    const scene = await new Scene().open();
    const [post] = scene.server.requests("POST");
    expect(post?.url).toBe("/api/live?source=auto&target=de");
    expect(post?.headers.get("Content-Type")).toBe("application/sdp");
    expect(post?.body).toBe(OFFER);
    expect(scene.peer.remoteDescription).toEqual({ type: "answer", sdp: "v=0\r\nanswer" });
  });

  test("opens the ordered channel and only sends sound", async () => {
    const scene = await new Scene().open();
    expect(scene.peer.channelLabel).toBe("events");
    expect(scene.peer.transceivers).toEqual([{ track: scene.track, init: { direction: "sendonly" } }]);
  });

  test("is live when the server says so, not before", async () => {
    const scene = await new Scene().open();
    scene.peer.becomes("connected");
    scene.peer.openChannel();
    expect(scene.phases).toEqual(["connecting"]);
    scene.peer.says(STARTED);
    expect(scene.phases).toEqual(["connecting", "live"]);
  });

  test("waits for candidates no longer than it must", async () => {
    const scene = new Scene();
    const opening = scene.connection.open(scene.track, PAIR);
    await scene.timers.advance(GATHERING_LIMIT_MS - 1);
    expect(scene.server.seen).toEqual([]);
    await scene.timers.advance(1);
    await opening;
    expect(scene.server.requests("POST")).toHaveLength(1);
  });

  test("does not wait once gathering is complete", async () => {
    const scene = new Scene();
    const opening = scene.connection.open(scene.track, PAIR);
    await settled();
    scene.peer.gathered();
    await opening;
    expect(scene.server.requests("POST")).toHaveLength(1);
    expect(scene.timers.now).toBe(0);
  });

  test("gives up after its limit and tells the server", async () => {
    const scene = await new Scene().open();
    await scene.timers.advance(CONNECT_LIMIT_MS);
    expect(scene.failure).toBe("could_not_connect");
    expect(scene.server.requests("DELETE").map((request) => request.url)).toEqual(["/api/live/abc"]);
  });

  test("a live connection knows no limit on connecting", async () => {
    const scene = await new Scene().live();
    for (let second = 0; second < 20; second += 1) {
      await scene.timers.advance(1000);
      scene.peer.says({ type: "audio_received", ms: second * 1000 });
    }
    expect(scene.connection.state).toEqual({ phase: "live", answering: true });
  });

  test("fails with the server's own reason", async () => {
    const refusal = () => problem(503, "too_many_live_sessions", "Full.", { "Retry-After": "10" });
    const scene = await new Scene(refusal).open();
    expect(scene.failure).toBe("too_many_live_sessions");
    const { state } = scene.connection;
    expect(state.phase === "failed" && state.trouble.retryAfterS).toBe(10);
    expect(scene.server.requests("DELETE")).toEqual([]);
  });

  test("fails where the server cannot be reached", async () => {
    const scene = await new Scene(() => new TypeError("Failed to fetch")).open();
    expect(scene.failure).toBe("server_unreachable");
    expect(scene.peer.closed).toBe(true);
  });

  test("fails where no way for sound is found", async () => {
    const scene = await new Scene().open();
    scene.peer.becomes("failed");
    expect(scene.failure).toBe("could_not_connect");
  });

  test("fails on an answer that the browser does not take", async () => {
    const scene = new Scene();
    scene.peer.setRemoteDescription = () => Promise.reject(new DOMException("bad SDP", "OperationError"));
    await scene.open();
    expect(scene.failure).toBe("could_not_connect");
    expect(scene.server.requests("DELETE")).toHaveLength(1);
  });

  test("fails on an answer without an address", async () => {
    const scene = await new Scene(() => new Response("v=0", { status: 201 })).open();
    expect(scene.failure).toBe("unexpected_answer");
  });

  test("fails when the server speaks another version of the protocol", async () => {
    const scene = await new Scene().open();
    scene.peer.openChannel();
    scene.peer.says({ ...STARTED, protocol_version: 99 });
    expect(scene.failure).toBe("page_outdated");
  });

  test("an answer that comes after the person gave up is taken back", async () => {
    const answer = deferred<Response>();
    const scene = new Scene((request) => (request.method === "POST" ? answer.promise : willing(request)));
    const opening = scene.open();
    await settled();
    scene.connection.stop();
    expect(scene.connection.state).toEqual({ phase: "closed", reason: "abandoned" });
    answer.resolve(answered());
    await opening;
    expect(scene.server.requests("DELETE").map((request) => request.url)).toEqual(["/api/live/abc"]);
    expect(scene.peer.remoteDescription).toBeNull();
  });
});

describe("late candidates", () => {
  test("go to the live session's address", async () => {
    const scene = await new Scene().open();
    scene.peer.candidate("candidate:1 1 udp 1 192.0.2.1 9 typ host");
    await settled();
    const [patch] = scene.server.requests("PATCH");
    expect(patch?.url).toBe("/api/live/abc");
    expect(patch?.headers.get("Content-Type")).toBe("application/trickle-ice-sdpfrag");
    expect(patch?.body).toContain("a=candidate:1 1 udp 1 192.0.2.1 9 typ host\r\n");
  });

  test("that come while the offer is under way wait for the address", async () => {
    const answer = deferred<Response>();
    const scene = new Scene((request) => (request.method === "POST" ? answer.promise : willing(request)));
    const opening = scene.open();
    await settled();
    scene.peer.candidate("candidate:1");
    scene.peer.candidate("candidate:2");
    expect(scene.server.requests("PATCH")).toEqual([]);
    answer.resolve(answered());
    await opening;
    const bodies = scene.server.requests("PATCH").map((request) => request.body);
    expect(bodies).toHaveLength(1);
    expect(bodies[0]).toMatch(/a=candidate:1\r\na=candidate:2\r\n/);
  });

  test("that came before the offer are not sent again", async () => {
    const scene = new Scene();
    const opening = scene.connection.open(scene.track, PAIR);
    scene.peer.candidate("candidate:1");
    await scene.timers.advance(GATHERING_LIMIT_MS);
    await opening;
    expect(scene.server.requests("PATCH")).toEqual([]);
  });

  test("go one PATCH at a time, each with all that have come since", async () => {
    const answers = [deferred<Response>(), deferred<Response>()];
    let patches = 0;
    const scene = await new Scene((request) =>
      request.method === "PATCH" ? (answers[patches++]?.promise ?? willing(request)) : willing(request),
    ).open();
    for (const line of ["candidate:1", "candidate:2", "candidate:3"]) scene.peer.candidate(line);
    expect(scene.server.requests("PATCH")).toHaveLength(1);
    answers[0]?.resolve(new Response(null, { status: 204 }));
    await settled();
    const bodies = scene.server.requests("PATCH").map((request) => request.body.match(/candidate:\d/g));
    expect(bodies).toEqual([["candidate:1"], ["candidate:2", "candidate:3"]]);
  });

  test("that the server refuses do no harm", async () => {
    const scene = await new Scene((request) =>
      request.method === "PATCH" ? problem(404, "not_found") : willing(request),
    ).open();
    scene.peer.candidate("candidate:1");
    await settled();
    expect(scene.phases).toEqual(["connecting"]);
  });
});

describe("the heartbeat", () => {
  test("pings every two seconds, each with a number of its own", async () => {
    const scene = await new Scene().live();
    await scene.timers.advance(2 * PING_EVERY_MS);
    expect(scene.sent("ping")).toEqual([
      { type: "ping", nonce: 1 },
      { type: "ping", nonce: 2 },
    ]);
  });

  test("says that the server does not answer, and then that it does", async () => {
    const scene = await new Scene().live();
    await scene.timers.advance(4 * PING_EVERY_MS);
    expect(scene.connection.state).toEqual({ phase: "live", answering: false });
    scene.peer.says({ type: "pong", nonce: 4 });
    expect(scene.connection.state).toEqual({ phase: "live", answering: true });
  });

  test("any message is an answer", async () => {
    const scene = await new Scene().live();
    for (let beat = 0; beat < 10; beat += 1) {
      await scene.timers.advance(PING_EVERY_MS);
      scene.peer.says(more);
    }
    expect(scene.phases).toEqual(["connecting", "live"]);
  });

  test("gives a silent server up", async () => {
    const scene = await new Scene().live();
    await scene.timers.advance(7 * PING_EVERY_MS);
    expect(scene.failure).toBe("server_gone");
    expect(scene.server.requests("DELETE")).toHaveLength(1);
    expect(scene.timers.waiting).toBe(0);
  });
});

describe("while live", () => {
  test("events are handed on in order", async () => {
    const scene = await new Scene().live();
    scene.peer.says(more);
    expect(scene.events.map((event) => [event.seq, event.type])).toEqual([
      [1, "session_started"],
      [2, "stt_partial"],
    ]);
  });

  test("what is not understood is left out", async () => {
    const scene = await new Scene().live();
    scene.peer.saysText("{not json");
    scene.peer.saysText(JSON.stringify({ type: "tea_time", seq: 2 }));
    expect(scene.events).toHaveLength(1);
    expect(scene.connection.state.phase).toBe("live");
  });

  test("other languages are a command", async () => {
    const scene = await new Scene().live();
    scene.connection.setLanguages({ source: "en", target: "fr" });
    expect(scene.sent("set_languages")).toEqual([{ type: "set_languages", source: "en", target: "fr" }]);
  });

  test("a channel that closes without a word is a broken connection", async () => {
    const scene = await new Scene().live();
    scene.peer.closeChannel();
    expect(scene.failure).toBe("connection_lost");
  });

  test("a network that is gone is a broken connection", async () => {
    const scene = await new Scene().live();
    scene.peer.becomes("disconnected");
    expect(scene.connection.state.phase).toBe("live");
    scene.peer.becomes("failed");
    expect(scene.failure).toBe("connection_lost");
  });

  test("a server that stops says so", async () => {
    const scene = await new Scene().live();
    scene.peer.says({ type: "session_ended", reason: "server_stopping" });
    expect(scene.connection.state).toEqual({ phase: "closed", reason: "server_stopping" });
    expect(scene.failure).toBeNull();
  });

  test("leaving the page tells the server, in a way that outlives the page", async () => {
    const scene = await new Scene().live();
    scene.connection.close();
    const [request] = scene.server.requests("DELETE");
    expect(request?.keepalive).toBe(true);
    expect(scene.connection.state).toEqual({ phase: "closed", reason: "abandoned" });
  });
});

describe("stopping", () => {
  test("asks the server to finish and waits for the end", async () => {
    const scene = await new Scene().live();
    scene.connection.stop();
    expect(scene.sent("stop")).toEqual([{ type: "stop" }]);
    scene.peer.says(more);
    expect(scene.peer.closed).toBe(false);
    scene.peer.says(ended);
    expect(scene.phases).toEqual(["connecting", "live", "finishing", "closed"]);
    expect(scene.events.map((event) => event.type)).toEqual([
      "session_started",
      "stt_partial",
      "session_ended",
    ]);
    expect(scene.peer.closed).toBe(true);
    expect(scene.timers.waiting).toBe(0);
    expect(scene.server.requests("DELETE")).toEqual([]);
  });

  test("mutes a moment later, so that the last word is whole", async () => {
    const scene = await new Scene().live();
    scene.connection.stop();
    await scene.timers.advance(MUTE_AFTER_STOP_MS - 1);
    expect(scene.track.enabled).toBe(true);
    await scene.timers.advance(1);
    expect(scene.track.enabled).toBe(false);
  });

  test("waits as long as text comes", async () => {
    const scene = await new Scene().live();
    scene.connection.stop();
    for (let second = 0; second < 2 * FINISH_LIMIT_MS; second += 5_000) {
      await scene.timers.advance(5_000);
      scene.peer.says(more);
    }
    expect(scene.connection.state.phase).toBe("finishing");
  });

  test("does not wait for ever for a server that only shows signs of life", async () => {
    const scene = await new Scene().live();
    scene.connection.stop();
    for (let second = 0; second < FINISH_LIMIT_MS; second += 1_000) {
      await scene.timers.advance(1_000);
      scene.peer.says({ type: "audio_received", ms: second });
    }
    expect(scene.connection.state).toEqual({ phase: "closed", reason: "unfinished" });
  });

  test("leaves the server at work when the connection breaks meanwhile", async () => {
    const scene = await new Scene().live();
    scene.connection.stop();
    scene.peer.becomes("failed");
    expect(scene.failure).toBe("connection_lost");
    expect(scene.server.requests("DELETE")).toEqual([]);
  });

  test("twice is once", async () => {
    const scene = await new Scene().live();
    scene.connection.stop();
    scene.connection.stop();
    expect(scene.sent("stop")).toHaveLength(1);
  });
});

test("after the end nothing moves any more", async () => {
  const scene = await new Scene().live();
  scene.peer.says(ended);
  scene.peer.says(more);
  scene.peer.closeChannel();
  scene.peer.becomes("failed");
  scene.connection.stop();
  scene.connection.close();
  expect(scene.phases).toEqual(["connecting", "live", "closed"]);
  expect(scene.events).toHaveLength(2);
});
