// Copyright (c) 2026 The Dragoman authors. MIT License, see LICENSE.
// Where the browser's own parts meet the page's; nothing else happens here.

import "./style.css";

import { render } from "preact";
import { Page, type PageState } from "./page";
import { Preferences, storeOrNone } from "./preferences";
import { ScreenLight } from "./screen-light";
import { realTimers } from "./timers";
import { App } from "./views/app";

const place = document.getElementById("page");
if (place === null) throw new Error("index.html has no #page");
const root: HTMLElement = place;

const light = new ScreenLight(navigator.wakeLock);

const page = new Page(
  {
    fetch: (input, init) => window.fetch(input, init),
    createPeer: () => new RTCPeerConnection({ iceServers: [], bundlePolicy: "max-bundle" }),
    timers: realTimers,
    devices: navigator.mediaDevices,
    createAudioContext: () => new AudioContext(),
    now: () => performance.now(),
    preferences: new Preferences(
      storeOrNone(() => window.localStorage),
      storeOrNone(() => window.sessionStorage),
    ),
    address: {
      read: () => window.location.search,
      replace: (query) => window.history.replaceState(null, "", query),
    },
  },
  show,
);

function show(state: PageState): void {
  void light.keep(state.recording.phase === "live");
  render(<App state={state} actions={page} />, root);
}

document.addEventListener("visibilitychange", () => {
  if (document.visibilityState !== "visible") return;
  page.onVisible();
  show(page.state);
});
window.addEventListener("pagehide", () => page.leave());

show(page.state);
void page.load();
