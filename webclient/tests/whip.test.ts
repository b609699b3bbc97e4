// Copyright (c) 2026 The Dragoman authors. MIT License, see LICENSE.
import { expect, test } from "vitest";
import { fragment } from "../src/whip";
import { OFFER } from "./stand-ins";

const candidate = { candidate: "candidate:1 1 udp 1 192.0.2.1 9 typ host" } as RTCIceCandidate;

test("a fragment names the transport and its candidates", () => {
  expect(fragment(OFFER, [candidate], false)).toBe(
    [
      "a=ice-ufrag:EsAw",
      "a=ice-pwd:P2uYro0UCOQ4zxjKXaWCBui1",
      "m=audio 9 UDP/TLS/RTP/SAVPF 111",
      "a=mid:0",
      "a=candidate:1 1 udp 1 192.0.2.1 9 typ host",
      "",
    ].join("\r\n"),
  );
});

test("the last fragment says that it is the last", () => {
  expect(fragment(OFFER, [candidate], true)).toMatch(/typ host\r\na=end-of-candidates\r\n$/);
});
