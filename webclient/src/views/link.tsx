// Copyright (c) 2026 The Dragoman authors. MIT License, see LICENSE.
// A link to another view of this site: it does not load the page again, and otherwise is a link like any other.

import type { ComponentChildren, VNode } from "preact";

export interface LinkProps {
  readonly href: string;
  readonly go: (address: string) => void;
  readonly children: ComponentChildren;
  readonly class?: string;
  readonly testId?: string;
  readonly label?: string;
}

export function Link({ href, go, children, testId, label, ...rest }: LinkProps): VNode {
  const onClick = (event: MouseEvent): void => {
    // Anything but a plain click means another tab, another window or a download.
    if (event.button !== 0 || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    go(href);
  };
  return (
    <a href={href} data-testid={testId} aria-label={label} title={label} onClick={onClick} {...rest}>
      {children}
    </a>
  );
}
