// Copyright (c) 2026 The Dragoman authors. MIT License, see LICENSE.
// What stands in for the browser and the server: small, scripted, and without a clock of its own.

import type { Store } from "../src/preferences";
import type { Event, ServerEvent, SessionStarted } from "../src/protocol";
import type { RecordingSeams } from "../src/recording";
import type { SiteActions } from "../src/site";
import type { Cancel, Timers } from "../src/timers";

/** A clock whose hands a test turns. */
export class HandTimers implements Timers {
  now = 0;
  #next = 0;
  readonly #waiting = new Map<number, { dueMs: number; everyMs: number | null; act: () => void }>();

  after(ms: number, act: () => void): Cancel {
    return this.#add(ms, null, act);
  }

  every(ms: number, act: () => void): Cancel {
    return this.#add(ms, ms, act);
  }

  /** How many are waiting: none should be, once all is over. */
  get waiting(): number {
    return this.#waiting.size;
  }

  /** Lets time pass, and everything that waits for promises happen after each step. */
  async advance(ms: number): Promise<void> {
    await settled();
    const end = this.now + ms;
    for (let due = this.#nextDue(end); due !== null; due = this.#nextDue(end)) {
      this.#fire(due);
      await settled();
    }
    this.now = end;
    await settled();
  }

  #add(ms: number, everyMs: number | null, act: () => void): Cancel {
    const id = this.#next++;
    this.#waiting.set(id, { dueMs: this.now + ms, everyMs, act });
    return () => this.#waiting.delete(id);
  }

  #nextDue(end: number): number | null {
    const due = [...this.#waiting].filter(([, timer]) => timer.dueMs <= end);
    due.sort(([, a], [, b]) => a.dueMs - b.dueMs);
    return due[0]?.[0] ?? null;
  }

  #fire(id: number): void {
    const timer = this.#waiting.get(id);
    if (timer === undefined) return;
    this.now = timer.dueMs;
    if (timer.everyMs === null) this.#waiting.delete(id);
    else timer.dueMs += timer.everyMs;
    timer.act();
  }
}

/** Until every promise that can be kept has been. */
export async function settled(): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve));
}

/** A promise that the test keeps when it likes. */
export function deferred<T>(): { readonly promise: Promise<T>; readonly resolve: (value: T) => void } {
  let resolve: (value: T) => void = () => {};
  const promise = new Promise<T>((keep) => {
    resolve = keep;
  });
  return { promise, resolve };
}

class StandInChannel extends EventTarget {
  readyState: RTCDataChannelState = "connecting";
  readonly sent: unknown[] = [];

  send(message: string): void {
    this.sent.push(JSON.parse(message));
  }
}

export const OFFER = [
  "v=0",
  "a=ice-ufrag:EsAw",
  "a=ice-pwd:P2uYro0UCOQ4zxjKXaWCBui1",
  "m=audio 9 UDP/TLS/RTP/SAVPF 111",
  "a=mid:0",
  "m=application 9 UDP/DTLS/SCTP webrtc-datachannel",
  "a=mid:1",
  "",
].join("\r\n");

/** An RTCPeerConnection that does what the test says. */
export class StandInPeer extends EventTarget {
  readonly channel = new StandInChannel();
  readonly transceivers: { track: unknown; init: unknown }[] = [];
  iceGatheringState: RTCIceGatheringState = "gathering";
  connectionState: RTCPeerConnectionState = "new";
  localDescription: { sdp: string } | null = null;
  remoteDescription: RTCSessionDescriptionInit | null = null;
  channelLabel = "";
  closed = false;
  #seq = 0;

  get asPeer(): RTCPeerConnection {
    return this as unknown as RTCPeerConnection;
  }

  createDataChannel(label: string, init: RTCDataChannelInit): StandInChannel {
    this.channelLabel = init.ordered === true ? label : `${label}, unordered`;
    return this.channel;
  }

  addTransceiver(track: unknown, init: unknown): void {
    this.transceivers.push({ track, init });
  }

  async setLocalDescription(): Promise<void> {
    this.localDescription = { sdp: OFFER };
  }

  async setRemoteDescription(description: RTCSessionDescriptionInit): Promise<void> {
    this.remoteDescription = description;
  }

  close(): void {
    this.closed = true;
  }

  gathered(): void {
    this.iceGatheringState = "complete";
    this.dispatchEvent(new globalThis.Event("icegatheringstatechange"));
  }

  candidate(line: string): void {
    const candidate = { candidate: line, sdpMid: "0" };
    this.dispatchEvent(Object.assign(new globalThis.Event("icecandidate"), { candidate }));
  }

  becomes(state: RTCPeerConnectionState): void {
    this.connectionState = state;
    this.dispatchEvent(new globalThis.Event("connectionstatechange"));
  }

  openChannel(): void {
    this.channel.readyState = "open";
    this.channel.dispatchEvent(new globalThis.Event("open"));
  }

  closeChannel(): void {
    this.channel.readyState = "closed";
    this.channel.dispatchEvent(new globalThis.Event("close"));
  }

  says(event: Event): void {
    this.#seq += 1;
    this.saysText(JSON.stringify({ ...event, seq: this.#seq }));
  }

  saysText(data: string): void {
    this.channel.dispatchEvent(new MessageEvent("message", { data }));
  }
}

export interface SeenRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: Headers;
  readonly body: string;
  readonly keepalive: boolean;
}

type Answer = Response | Error | Promise<Response>;

/** A server: a function from request to answer, and what it has been asked. */
export class StandInServer {
  readonly seen: SeenRequest[] = [];
  readonly #answer: (request: SeenRequest) => Answer;

  constructor(answer: (request: SeenRequest) => Answer) {
    this.#answer = answer;
  }

  readonly fetch: typeof fetch = async (input, init) => {
    const request: SeenRequest = {
      method: init?.method ?? "GET",
      url: String(input),
      headers: new Headers(init?.headers),
      body: String(init?.body ?? ""),
      keepalive: init?.keepalive === true,
    };
    this.seen.push(request);
    const answer = this.#answer(request);
    if (answer instanceof Error) throw answer;
    return answer;
  };

  /** The requests with this method. */
  requests(method: string): SeenRequest[] {
    return this.seen.filter((request) => request.method === method);
  }
}

export function problem(
  status: number,
  code: string,
  detail = "",
  headers: Record<string, string> = {},
): Response {
  return new Response(JSON.stringify({ type: "about:blank", status, code, detail }), {
    status,
    headers: { "Content-Type": "application/problem+json", ...headers },
  });
}

export function answered(): Response {
  return new Response("v=0\r\nanswer", { status: 201, headers: { Location: "/api/live/abc" } });
}

/** Answers an offer, and says yes to everything else. */
export function willing(request: SeenRequest): Response {
  return request.method === "POST" ? answered() : new Response(null, { status: 204 });
}

export function standInTrack(): MediaStreamTrack & EventTarget {
  const track = Object.assign(new EventTarget(), { enabled: true, stopped: false });
  return Object.assign(track, {
    stop: () => {
      track.stopped = true;
    },
  }) as unknown as MediaStreamTrack & EventTarget;
}

export const STARTED: SessionStarted = {
  type: "session_started",
  protocol_version: 1,
  live_session_id: "abc",
  conversation_id: "conversation-1",
  source_language: "auto",
  target_language: "de",
};

export function numbered(events: readonly Event[]): ServerEvent[] {
  return events.map((event, at) => ({ ...event, seq: at + 1 }));
}

/** A browser's storage that lasts as long as the test. */
export function memory(): Store {
  const kept = new Map<string, string>();
  return {
    getItem: (key) => kept.get(key) ?? null,
    setItem: (key, value) => void kept.set(key, value),
    removeItem: (key) => void kept.delete(key),
  };
}

/** A microphone behind getUserMedia; `answer` may keep the person waiting, or refuse. */
export class StandInDevices {
  readonly tracks: (MediaStreamTrack & EventTarget)[] = [];
  answer: () => Promise<void> = () => Promise.resolve();

  get asDevices(): MediaDevices {
    return this as unknown as MediaDevices;
  }

  /** How many microphones are on. */
  get on(): number {
    return this.tracks.filter((track) => !("stopped" in track && track.stopped)).length;
  }

  async getUserMedia(): Promise<unknown> {
    await this.answer();
    const track = standInTrack();
    this.tracks.push(track);
    return { getAudioTracks: () => [track], getTracks: () => [track] };
  }
}

/** Everything that a recording touches. */
export class StandInBrowser {
  readonly timers = new HandTimers();
  readonly devices = new StandInDevices();
  readonly peers: StandInPeer[] = [];
  readonly server: StandInServer;
  readonly seams: RecordingSeams;

  constructor(answer: (request: SeenRequest) => Answer = willing) {
    this.server = new StandInServer(answer);
    this.seams = {
      fetch: this.server.fetch,
      timers: this.timers,
      devices: this.devices.asDevices,
      createPeer: () => this.#createPeer().asPeer,
      createAudioContext: () => {
        throw new DOMException("no sound here", "NotSupportedError");
      },
      now: () => this.timers.now,
    };
  }

  /** The newest connection. */
  get peer(): StandInPeer {
    const peer = this.peers.at(-1);
    if (peer === undefined) throw new Error("nothing has connected yet");
    return peer;
  }

  #createPeer(): StandInPeer {
    const peer = new StandInPeer();
    peer.iceGatheringState = "complete";
    this.peers.push(peer);
    return peer;
  }
}

/** What the server lists of a conversation. */
export function storedSummary(id: string, change: Record<string, unknown> = {}): Record<string, unknown> {
  return {
    id,
    title: `Title of ${id}`,
    source_language: "en",
    target_language: "de",
    created_at: "2026-11-22T11:00:00+00:00",
    updated_at: "2026-11-22T11:05:00+00:00",
    duration_ms: 83_000,
    paragraph_count: 1,
    match: null,
    ...change,
  };
}

/** A conversation as the server answers it. */
export function storedConversation(
  id: string,
  change: Record<string, unknown> = {},
): Record<string, unknown> {
  const paragraph = {
    paragraph_index: 0,
    source_text: "Hi.",
    source_language: "en",
    translated_text: "Hallo.",
    status: "final",
    translation_status: "final",
    translation_doubts: [],
    started_at: "2026-11-22T11:00:02+00:00",
    ended_at: "2026-11-22T11:00:04+00:00",
    created_at: "2026-11-22T11:00:04+00:00",
  };
  const { paragraph_count, match, ...conversation } = storedSummary(id);
  return { ...conversation, paragraphs: [paragraph], ...change };
}

/** Actions of a page that nobody touches, after so long a recording. */
export function idleActions(elapsedMs: number): SiteActions {
  return {
    page: {
      start() {},
      stop() {},
      chooseSource() {},
      chooseTarget() {},
      swapLanguages() {},
      retry() {},
      dismissTrouble() {},
      dismissNotice() {},
      dismissHint() {},
      showDelays() {},
      level: () => 0,
      elapsedMs: () => elapsedMs,
    },
    go() {},
    signIn() {},
    askSignOut() {},
    signOut() {},
    retry() {},
    search() {},
    loadMore() {},
    askRename() {},
    askDelete() {},
    rename() {},
    delete() {},
    closeDialog() {},
    copy: () => Promise.resolve(true),
  };
}
