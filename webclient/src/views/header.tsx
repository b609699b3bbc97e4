// Copyright (c) 2026 The Dragoman authors. MIT License, see LICENSE.
// The name of the application, and how the connection stands.

import type { VNode } from "preact";
import type { PageState } from "../page";
import type { Phase } from "../recording";
import { phaseTexts, texts } from "../texts";
import { Mark } from "./icons";

/** The states that scripts know; asking for the microphone is part of connecting. */
export type DataState = Exclude<Phase, "asking">;

export function dataState(phase: Phase): DataState {
  return phase === "asking" ? "connecting" : phase;
}

export function Header({ state }: { readonly state: PageState }): VNode {
  const [data, words] = standing(state);
  return (
    <header class="header">
      <h1 class="name">
        <Mark />
        {texts.name}
      </h1>
      <p class="state" role="status" data-testid="state" data-state={data}>
        {words}
      </p>
    </header>
  );
}

function standing({ languages, trouble, recording }: PageState): [DataState, string] {
  if (languages === null && trouble === null) return ["connecting", texts.state.loading];
  if (languages === null) return ["failed", texts.state.notLoaded];
  const words = recording.answering ? phaseTexts[recording.phase].state : texts.state.notAnswering;
  return [dataState(recording.phase), words];
}
