// Copyright (c) 2026 The Dragoman authors. MIT License, see LICENSE.
// Signalling over HTTP (WHIP, RFC 9725): offer out, answer in, late candidates by PATCH, DELETE at the end.

import { type Fetch, request } from "./api";
import type { LanguagePair } from "./languages";
import { Trouble } from "./trouble";

export class Whip {
  readonly #fetch: Fetch;
  #offer: string | null = null;
  /** The live session's resource, from the answer's Location until it is deleted. */
  #location: string | null = null;
  #late: RTCIceCandidate[] = [];
  #complete = false;
  #patching = false;
  #deleted = false;

  constructor(fetch: Fetch) {
    this.#fetch = fetch;
  }

  /** Resolves to the answer's SDP; rejects with Trouble. */
  async post(offer: string, pair: LanguagePair): Promise<string> {
    this.#offer = offer;
    const response = await request(this.#fetch, `/api/live?${new URLSearchParams({ ...pair })}`, {
      method: "POST",
      headers: { "Content-Type": "application/sdp", Accept: "application/sdp" },
      body: offer,
    });
    this.#location = response.headers.get("Location");
    if (this.#location === null) throw new Trouble("unexpected_answer");
    if (this.#deleted) this.delete();
    void this.#patchLate();
    return response.text();
  }

  /** A candidate that gathering found; what comes before the offer is sent is part of the offer. */
  trickle(candidate: RTCIceCandidate, complete: boolean): void {
    if (this.#offer === null) return;
    this.#late.push(candidate);
    this.#complete = complete;
    void this.#patchLate();
  }

  /** Best effort, also while the offer is under way: a server that does not hear this notices by itself, later. */
  delete(): void {
    this.#deleted = true;
    if (this.#location === null) return;
    const url = this.#location;
    this.#location = null;
    void this.#try(url, { method: "DELETE", keepalive: true });
  }

  /** One PATCH at a time, each with everything that has come since. */
  async #patchLate(): Promise<void> {
    if (this.#patching) return;
    this.#patching = true;
    while (this.#location !== null && this.#late.length > 0) {
      const body = fragment(this.#offer ?? "", this.#late.splice(0), this.#complete);
      const headers = { "Content-Type": "application/trickle-ice-sdpfrag" };
      await this.#try(this.#location, { method: "PATCH", headers, body });
    }
    this.#patching = false;
  }

  /** For what the connection can do without: a candidate less, or a server that cleans up by itself. */
  async #try(url: string, init: RequestInit): Promise<void> {
    try {
      await request(this.#fetch, url, init);
    } catch (error) {
      if (!(error instanceof Trouble)) throw error;
    }
  }
}

/** The body of a PATCH (RFC 8840): candidates of the one bundled transport; `complete` says that no more come. */
export function fragment(offer: string, candidates: readonly RTCIceCandidate[], complete: boolean): string {
  const lines = [
    `a=ice-ufrag:${attribute(offer, "ice-ufrag")}`,
    `a=ice-pwd:${attribute(offer, "ice-pwd")}`,
    /^m=.*$/m.exec(offer)?.[0].trimEnd() ?? "",
    `a=mid:${attribute(offer, "mid")}`,
    ...candidates.map((candidate) => `a=${candidate.candidate}`),
    ...(complete ? ["a=end-of-candidates"] : []),
  ];
  return lines.map((line) => `${line}\r\n`).join("");
}

/** Of the offer's first media section, or of its session part. */
function attribute(sdp: string, name: string): string {
  return new RegExp(`^a=${name}:(.*)$`, "m").exec(sdp)?.[1]?.trimEnd() ?? "";
}
