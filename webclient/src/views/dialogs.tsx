// Copyright (c) 2026 The Dragoman authors. MIT License, see LICENSE.
// The questions that are asked before something is changed for good.

import type { ComponentChildren, VNode } from "preact";
import { useId, useLayoutEffect, useRef } from "preact/hooks";
import type { DialogState } from "../changes";
import type { SiteActions, SiteState } from "../site";
import { deleteQuestion, signingOut, signOutQuestion, texts } from "../texts";
import { troubleText } from "../trouble-texts";
import { Box, isSaidAlready, LoginEnded } from "./messages";

interface Props {
  readonly state: SiteState;
  readonly actions: SiteActions;
}

export function Dialogs({ state, actions }: Props): VNode | null {
  const { dialog } = state;
  if (dialog === null) return null;
  const trouble = <DialogTrouble state={state} actions={actions} />;
  switch (dialog.question.kind) {
    case "rename":
      return <Rename title={dialog.question.conversation.title} {...{ dialog, actions, trouble }} />;
    case "delete":
      return <Delete title={dialog.question.conversation.title} {...{ dialog, actions, trouble }} />;
    case "sign_out":
      return <SignOut {...{ dialog, actions, trouble }} />;
  }
}

interface QuestionProps {
  readonly dialog: DialogState;
  readonly actions: SiteActions;
  readonly trouble: VNode;
}

function Rename({ title, dialog, actions, trouble }: QuestionProps & { readonly title: string }): VNode {
  const fieldId = useId();
  const field = useRef<HTMLInputElement>(null);
  useLayoutEffect(() => field.current?.select(), []);
  return (
    <Dialog
      title={texts.rename.title}
      onClose={() => actions.closeDialog()}
      onAgree={() => actions.rename(field.current?.value.trim() ?? "")}
    >
      <label class="field" for={fieldId}>
        {texts.rename.field}
      </label>
      <input
        id={fieldId}
        ref={field}
        class="text-field"
        data-testid="title-input"
        defaultValue={title}
        maxLength={200}
        required
        pattern=".*\S.*"
        dir="auto"
        autocomplete="off"
        autofocus
      />
      {trouble}
      <Choices actions={actions}>
        <button type="submit" class="button primary" data-testid="save-title" aria-disabled={dialog.busy}>
          {texts.rename.save}
        </button>
      </Choices>
    </Dialog>
  );
}

function Delete({ title, dialog, actions, trouble }: QuestionProps & { readonly title: string }): VNode {
  const question = deleteQuestion(title);
  return (
    <Dialog title={question.title} onClose={() => actions.closeDialog()} onAgree={() => actions.delete()}>
      <p class="dialog-words" dir="auto">
        {question.advice}
      </p>
      {trouble}
      <Choices actions={actions} testId="cancel-delete">
        <button type="submit" class="button danger" data-testid="confirm-delete" aria-disabled={dialog.busy}>
          {texts.delete.confirm}
        </button>
      </Choices>
    </Dialog>
  );
}

function SignOut({ dialog, actions, trouble }: QuestionProps): VNode {
  const title = dialog.busy ? signingOut : signOutQuestion.title;
  return (
    <Dialog title={title} onClose={() => actions.closeDialog()} onAgree={() => actions.signOut()}>
      <p class="dialog-words">{signOutQuestion.advice}</p>
      {trouble}
      <Choices actions={actions}>
        <button
          type="submit"
          class="button danger"
          data-testid="confirm-sign-out"
          aria-disabled={dialog.busy}
        >
          {texts.account.signOut}
        </button>
      </Choices>
    </Dialog>
  );
}

interface ChoicesProps {
  readonly actions: SiteActions;
  readonly testId?: string;
  readonly children: ComponentChildren;
}

function Choices({ actions, testId, children }: ChoicesProps): VNode {
  return (
    <div class="dialog-choices">
      <button type="button" class="button" data-testid={testId} onClick={() => actions.closeDialog()}>
        {texts.cancel}
      </button>
      {children}
    </div>
  );
}

function DialogTrouble({ state, actions }: Props): VNode | null {
  const trouble = state.dialog?.trouble;
  if (!trouble) return null;
  if (isSaidAlready(state, trouble.code)) return <LoginEnded state={state} actions={actions} />;
  return <Box kind="error" message={troubleText(trouble)} />;
}

interface DialogProps {
  readonly title: string;
  readonly onClose: () => void;
  readonly onAgree: () => void;
  readonly children: ComponentChildren;
}

/** The browser's own: it holds the focus, makes the rest inert, and gives the focus back when it closes. */
function Dialog({ title, onClose, onAgree, children }: DialogProps): VNode {
  const titleId = useId();
  const element = useRef<HTMLDialogElement>(null);
  useLayoutEffect(() => {
    const dialog = element.current;
    dialog?.showModal();
    return () => dialog?.close();
  }, []);
  return (
    <dialog
      class="dialog"
      ref={element}
      aria-labelledby={titleId}
      onCancel={(event) => {
        event.preventDefault();
        onClose();
      }}
    >
      <form
        class="dialog-form"
        onSubmit={(event) => {
          event.preventDefault();
          onAgree();
        }}
      >
        <h2 id={titleId}>{title}</h2>
        {children}
      </form>
    </dialog>
  );
}
