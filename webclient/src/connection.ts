// Copyright (c) 2026 The Dragoman authors. MIT License, see LICENSE.
// One live session as the browser sees it: the WebRTC peer, its signalling, and the channel of events.
//
//   from         on                                             to
//   idle         open()                                         connecting
//   connecting   session_started                                live
//   connecting   stop()                                         closed (abandoned)
//   live         stop()                                         finishing
//   finishing    nothing new for FINISH_LIMIT_MS                closed (unfinished)
//   any open     session_ended                                  closed (the server's reason)
//   any open     close()                                        closed (abandoned)
//   any open     refused, unreachable, too late, lost, silent   failed (why)
//
// `live` and `finishing` also say whether the server answers. closed and failed are the end: a new conversation
// takes a new Connection. There is no ICE restart (the server has none). This file touches no page.

import type { Fetch } from "./api";
import { Heartbeat } from "./heartbeat";
import type { LanguagePair } from "./languages";
import {
  CHANNEL_LABEL,
  type Command,
  PROTOCOL_VERSION,
  type ServerEvent,
  type SessionEnded,
} from "./protocol";
import type { Cancel, Timers } from "./timers";
import { Trouble } from "./trouble";
import { Whip } from "./whip";
import { decodeEvent } from "./wire";

/** Host candidates come at once; what is later follows by PATCH. */
export const GATHERING_LIMIT_MS = 400;
/** From open() to `session_started`. */
export const CONNECT_LIMIT_MS = 15_000;
/** What is said just before the tap on Stop still travels. */
export const MUTE_AFTER_STOP_MS = 300;
/** Counts from the last text that arrived: a slow model may need long, but it sends on. */
export const FINISH_LIMIT_MS = 30_000;

export type EndReason = SessionEnded["reason"] | "unfinished" | "abandoned";

export type ConnectionState =
  | { readonly phase: "idle" }
  | { readonly phase: "connecting" }
  | { readonly phase: "live"; readonly answering: boolean }
  | { readonly phase: "finishing"; readonly answering: boolean }
  | { readonly phase: "closed"; readonly reason: EndReason }
  | { readonly phase: "failed"; readonly trouble: Trouble };

export interface ConnectionSeams {
  readonly fetch: Fetch;
  readonly createPeer: () => RTCPeerConnection;
  readonly timers: Timers;
}

export interface ConnectionListener {
  onState(state: ConnectionState): void;
  onEvent(event: ServerEvent): void;
}

export class Connection {
  readonly #seams: ConnectionSeams;
  readonly #listener: ConnectionListener;
  readonly #whip: Whip;
  readonly #heartbeat: Heartbeat;
  /** Aborted at the end: no listener of ours outlives the connection. */
  readonly #listening = new AbortController();
  readonly #cancels: Cancel[] = [];
  #cancelFinishing: Cancel = () => {};
  #state: ConnectionState = { phase: "idle" };
  #peer: RTCPeerConnection | null = null;
  #channel: RTCDataChannel | null = null;
  #track: MediaStreamTrack | null = null;

  constructor(seams: ConnectionSeams, listener: ConnectionListener) {
    this.#seams = seams;
    this.#listener = listener;
    this.#whip = new Whip(seams.fetch);
    this.#heartbeat = new Heartbeat({
      ping: (nonce) => this.#send({ type: "ping", nonce }),
      onAnswering: (answering) => this.#setAnswering(answering),
      onGone: () => this.#fail(new Trouble("server_gone")),
    });
  }

  get state(): ConnectionState {
    return this.#state;
  }

  /** The microphone must be open already: before that, browsers hide their addresses behind mDNS names. */
  async open(track: MediaStreamTrack, pair: LanguagePair): Promise<void> {
    this.#track = track;
    this.#become({ phase: "connecting" });
    this.#after(CONNECT_LIMIT_MS, () => this.#giveUpConnecting());
    try {
      await this.#negotiate(track, pair);
    } catch (error) {
      if (error instanceof Trouble) this.#fail(error);
      else if (error instanceof DOMException) this.#fail(new Trouble("could_not_connect", error.message));
      else throw error;
    }
  }

  /** Everything said so far still arrives; the state is `closed` when it has. */
  stop(): void {
    if (this.#state.phase === "connecting") this.close();
    if (this.#state.phase !== "live") return;
    this.#send({ type: "stop" });
    this.#become({ phase: "finishing", answering: this.#state.answering });
    this.#after(MUTE_AFTER_STOP_MS, () => this.#mute());
    this.#waitForTheRest();
  }

  /** Holds for what is said from now on. */
  setLanguages(pair: LanguagePair): void {
    if (this.#state.phase !== "live") return;
    this.#send({ type: "set_languages", source: pair.source, target: pair.target });
  }

  /** Gives up at once: the person changed their mind, or leaves the page. */
  close(): void {
    if (!this.#open) return;
    this.#whip.delete();
    this.#end({ phase: "closed", reason: "abandoned" });
  }

  get #open(): boolean {
    return ["connecting", "live", "finishing"].includes(this.#state.phase);
  }

  async #negotiate(track: MediaStreamTrack, pair: LanguagePair): Promise<void> {
    const peer = this.#createPeer();
    this.#createChannel(peer);
    peer.addTransceiver(track, { direction: "sendonly" });
    await peer.setLocalDescription();
    await this.#gathered(peer);
    if (!this.#open) return;
    const answer = await this.#whip.post(peer.localDescription?.sdp ?? "", pair);
    if (this.#open) await peer.setRemoteDescription({ type: "answer", sdp: answer });
  }

  #createPeer(): RTCPeerConnection {
    const { signal } = this.#listening;
    const peer = this.#seams.createPeer();
    peer.addEventListener("connectionstatechange", () => this.#onPeerState(peer), { signal });
    peer.addEventListener("icecandidate", (event) => this.#onCandidate(peer, event.candidate), { signal });
    this.#peer = peer;
    return peer;
  }

  #createChannel(peer: RTCPeerConnection): void {
    const { signal } = this.#listening;
    const channel = peer.createDataChannel(CHANNEL_LABEL, { ordered: true });
    channel.addEventListener("open", () => this.#onChannelOpen(), { signal });
    channel.addEventListener("message", (event) => this.#onMessage(event.data), { signal });
    channel.addEventListener("close", () => this.#fail(new Trouble("connection_lost")), { signal });
    this.#channel = channel;
  }

  #gathered(peer: RTCPeerConnection): Promise<void> {
    const { signal } = this.#listening;
    return new Promise((resolve) => {
      const check = () => peer.iceGatheringState === "complete" && resolve();
      peer.addEventListener("icegatheringstatechange", check, { signal });
      signal.addEventListener("abort", () => resolve());
      this.#after(GATHERING_LIMIT_MS, resolve);
      check();
    });
  }

  #onCandidate(peer: RTCPeerConnection, candidate: RTCIceCandidate | null): void {
    // Null and an empty one only say that gathering is over.
    if (candidate?.candidate) this.#whip.trickle(candidate, peer.iceGatheringState === "complete");
  }

  #onPeerState(peer: RTCPeerConnection): void {
    if (peer.connectionState !== "failed") return;
    const connecting = this.#state.phase === "connecting";
    this.#fail(new Trouble(connecting ? "could_not_connect" : "connection_lost"));
  }

  #onChannelOpen(): void {
    this.#cancels.push(this.#heartbeat.start(this.#seams.timers));
  }

  #onMessage(message: unknown): void {
    this.#heartbeat.answered();
    const event = decodeEvent(message);
    if (event === null) return;
    this.#listener.onEvent(event);
    this.#follow(event);
  }

  #follow(event: ServerEvent): void {
    if (event.type === "session_started") this.#onStarted(event.protocol_version);
    else if (event.type === "session_ended") this.#end({ phase: "closed", reason: event.reason });
    else if (this.#state.phase === "finishing" && isNews(event)) this.#waitForTheRest();
  }

  #onStarted(protocolVersion: number): void {
    if (protocolVersion !== PROTOCOL_VERSION) this.#fail(new Trouble("page_outdated"));
    else if (this.#state.phase === "connecting") this.#become({ phase: "live", answering: true });
  }

  #setAnswering(answering: boolean): void {
    const { phase } = this.#state;
    if (phase === "live" || phase === "finishing") this.#become({ phase, answering });
  }

  #waitForTheRest(): void {
    this.#cancelFinishing();
    this.#cancelFinishing = this.#after(FINISH_LIMIT_MS, () => this.#giveUpFinishing());
  }

  #giveUpConnecting(): void {
    if (this.#state.phase === "connecting") this.#fail(new Trouble("could_not_connect"));
  }

  #giveUpFinishing(): void {
    this.#end({ phase: "closed", reason: "unfinished" });
  }

  #mute(): void {
    if (this.#track !== null) this.#track.enabled = false;
  }

  #send(command: Command): void {
    if (this.#channel?.readyState === "open") this.#channel.send(JSON.stringify(command));
  }

  /** The only way into `failed`. */
  #fail(trouble: Trouble): void {
    if (!this.#open) return;
    // While finishing, the server still works on what was said: let it.
    if (this.#state.phase !== "finishing") this.#whip.delete();
    this.#end({ phase: "failed", trouble });
  }

  #end(state: ConnectionState): void {
    this.#listening.abort();
    for (const cancel of this.#cancels.splice(0)) cancel();
    this.#peer?.close();
    this.#become(state);
  }

  #after(ms: number, act: () => void): Cancel {
    const cancel = this.#seams.timers.after(ms, act);
    this.#cancels.push(cancel);
    return cancel;
  }

  #become(state: ConnectionState): void {
    this.#state = state;
    this.#listener.onState(state);
  }
}

/** A sign of life alone is not progress. */
function isNews(event: ServerEvent): boolean {
  return event.type !== "pong" && event.type !== "audio_received";
}
