// Copyright (c) 2026 The Dragoman authors. MIT License, see LICENSE.
// From which language into which.

import type { VNode } from "preact";
import { AUTO, canSwap, type Language } from "../languages";
import type { PageActions, PageState } from "../page";
import { texts } from "../texts";
import { ChevronIcon, SwapIcon } from "./icons";

interface Props {
  readonly state: PageState;
  readonly actions: PageActions;
}

export function LanguageRow({ state, actions }: Props): VNode {
  const { languages, pair, recording } = state;
  // Languages travel with the offer, and later by a command: in between there is no way to change them.
  const fixed = pair === null || ["asking", "connecting", "finishing"].includes(recording.phase);
  return (
    <div class="language-row" role="group" aria-label={texts.languages.group}>
      <LanguageSelect
        testId="source-language"
        label={texts.languages.source}
        offered={languages?.source ?? []}
        chosen={pair?.source ?? ""}
        disabled={fixed}
        onChoose={(code) => actions.chooseSource(code)}
      />
      <button
        type="button"
        class="icon-button swap"
        aria-label={texts.languages.swap}
        title={texts.languages.swap}
        disabled={fixed || languages === null || !canSwap(pair, languages)}
        onClick={() => actions.swapLanguages()}
      >
        <SwapIcon />
      </button>
      <LanguageSelect
        testId="target-language"
        label={texts.languages.target}
        offered={languages?.target ?? []}
        chosen={pair?.target ?? ""}
        disabled={fixed}
        onChoose={(code) => actions.chooseTarget(code)}
      />
    </div>
  );
}

interface SelectProps {
  readonly testId: string;
  readonly label: string;
  readonly offered: readonly Language[];
  readonly chosen: string;
  readonly disabled: boolean;
  readonly onChoose: (code: string) => void;
}

function LanguageSelect({ testId, label, offered, chosen, disabled, onChoose }: SelectProps): VNode {
  return (
    <label class="language">
      <span class="language-label">{label}</span>
      <select
        data-testid={testId}
        value={chosen}
        disabled={disabled}
        onChange={(event) => onChoose(event.currentTarget.value)}
      >
        {offered.map(({ code, name }) => (
          <option key={code} value={code}>
            {code === AUTO ? texts.languages.auto : name}
          </option>
        ))}
      </select>
      <ChevronIcon />
    </label>
  );
}
