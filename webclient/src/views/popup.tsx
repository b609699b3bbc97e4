// Copyright (c) 2026 The Dragoman authors. MIT License, see LICENSE.
// A button that shows a small panel below itself. It closes like a menu: by Escape, and by going elsewhere.

import type { ComponentChildren, VNode } from "preact";
import { useEffect, useId, useRef, useState } from "preact/hooks";

interface Props {
  readonly testId: string;
  readonly label: string;
  /** What stands on the button. */
  readonly face: ComponentChildren;
  readonly buttonClass: string;
  readonly children: ComponentChildren;
}

export function Popup({ testId, label, face, buttonClass, children }: Props): VNode {
  const panelId = useId();
  const root = useRef<HTMLDivElement>(null);
  const button = useRef<HTMLButtonElement>(null);
  const [open, setOpen] = useState(false);

  const isOutside = (target: EventTarget | null): boolean =>
    target instanceof Node && root.current?.contains(target) === false;
  useEffect(() => {
    if (!open) return;
    const onPointer = (event: PointerEvent): void => {
      if (isOutside(event.target)) setOpen(false);
    };
    const onKey = (event: KeyboardEvent): void => {
      if (event.key !== "Escape") return;
      setOpen(false);
      button.current?.focus();
    };
    document.addEventListener("pointerdown", onPointer);
    document.addEventListener("keydown", onKey);
    return () => {
      document.removeEventListener("pointerdown", onPointer);
      document.removeEventListener("keydown", onKey);
    };
  }, [open]);

  return (
    <div
      class="popup"
      ref={root}
      onFocusOut={(event) => {
        if (isOutside(event.relatedTarget)) setOpen(false);
      }}
    >
      <button
        type="button"
        class={buttonClass}
        ref={button}
        data-testid={testId}
        aria-label={label}
        title={label}
        aria-expanded={open}
        aria-controls={panelId}
        onClick={() => setOpen(!open)}
      >
        {face}
      </button>
      <div class="popup-panel" id={panelId} hidden={!open}>
        {children}
      </div>
    </div>
  );
}
