// Copyright (c) 2026 The Dragoman authors. MIT License, see LICENSE.
// Taking a conversation along: plain links, so that the browser saves the file as it saves any other.

import type { VNode } from "preact";
import { useState } from "preact/hooks";
import { EXPORT_FORMATS, EXPORT_TEXTS, type ExportText, exportAddress } from "../conversations";
import { exportFormats, exportTexts, texts } from "../texts";
import { ExportIcon } from "./icons";
import { Popup } from "./popup";

export function ExportMenu({ id }: { readonly id: string }): VNode {
  const [text, setText] = useState<ExportText>("both");
  return (
    <Popup
      testId="export"
      label={texts.conversation.export}
      buttonClass="tool"
      face={
        <>
          <ExportIcon />
          <span>{texts.conversation.export}</span>
        </>
      }
    >
      <fieldset class="export-texts">
        <legend>{texts.conversation.exportText}</legend>
        {EXPORT_TEXTS.map((one) => (
          <label key={one}>
            <input
              type="radio"
              name="export-text"
              value={one}
              checked={one === text}
              onChange={() => setText(one)}
            />
            {exportTexts[one]}
          </label>
        ))}
      </fieldset>
      <ul class="export-formats" aria-label={texts.conversation.exportFormat}>
        {EXPORT_FORMATS.map((format) => (
          <li key={format}>
            {/* Without `download` a refusal would take the place of this page. */}
            <a
              class="popup-choice"
              href={exportAddress(id, format, text)}
              download
              data-testid={`export-${format}`}
            >
              {exportFormats[format][0]}
              <span class="quiet">{exportFormats[format][1]}</span>
            </a>
          </li>
        ))}
      </ul>
    </Popup>
  );
}
