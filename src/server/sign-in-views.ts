// What the pages for signing in look like: HTML that needs no script. What they do stands in sign-in-pages.ts.

import type { WorkspaceRole } from '../gate/actor.js';
import type { Refusal } from '../lib/refusal.js';
import { MIN_PASSWORD_LENGTH } from '../people/password.js';
import { type Html, html } from './html.js';

/** What every page is given. */
export interface Frame {
  /** Where its style sheet is. */
  styles: string;
  /** Where its scripts are, in the order they run; most pages have none. */
  scripts: readonly string[];
  /** For the hidden field of its forms. */
  csrf: string;
  /** Where somebody goes on to who signs in; `null` for home. */
  next: string | null;
}

/** What came back from a form: what was typed, passwords left out, and what is wrong with it. */
export interface Filled {
  values: Readonly<Record<string, string>>;
  refusal: Refusal | null;
}

export interface Somebody {
  name: string;
  email: string;
}

export const EMPTY: Filled = { values: {}, refusal: null };

interface Field {
  name: string;
  label: string;
  type?: 'text' | 'email' | 'password';
  autocomplete: string;
  hint?: string;
  value?: string;
  maxLength?: number;
}

const newPassword: readonly Field[] = [
  {
    name: 'password',
    label: 'Password',
    type: 'password',
    autocomplete: 'new-password',
    hint: `${MIN_PASSWORD_LENGTH} characters or more. Several words are easier to keep in mind than odd letters.`,
  },
  { name: 'repeated', label: 'The same password again', type: 'password', autocomplete: 'new-password' },
];

const nameField: Field = { name: 'name', label: 'Your name', autocomplete: 'name', maxLength: 200 };
const emailField: Field = {
  name: 'email',
  label: 'E-mail address',
  type: 'email',
  autocomplete: 'username',
  maxLength: 254,
};
const passwordField: Field = {
  name: 'password',
  label: 'Password',
  type: 'password',
  autocomplete: 'current-password',
};

/** `otherWay` stands under the form for a password. */
export const signInPage = (
  frame: Frame,
  filled: Filled,
  signedInAs: Somebody | null,
  otherWay: Html | null = null,
): Html =>
  page(frame, {
    title: 'Sign in',
    filled,
    body: html`
      ${signedInAs && html`<p>You are signed in as ${signedInAs.name}. Some steps ask that you have signed in lately.</p>`}
      ${form(frame, {
        action: signInPath('/sign-in', frame),
        submit: 'Sign in',
        filled,
        fields: [{ ...emailField, ...(signedInAs && { value: signedInAs.email }) }, passwordField],
      })}
      ${otherWay}
      <p class="aside">No password yet, or forgotten? Whoever runs this Gatehouse can make a sign-in link for you.</p>`,
  });

/** Where a form for signing in is sent: with where she was going, if she was. */
export const signInPath = (path: string, { next }: Frame): string =>
  next === null ? path : `${path}?next=${encodeURIComponent(next)}`;

export const setupPage = (frame: Frame, filled: Filled, workspaceName: string | null): Html =>
  page(frame, {
    title: workspaceName === null ? 'Set up Gatehouse' : `Become the owner of ${workspaceName}`,
    filled,
    body: html`
      <p>You will be the first owner: you say who else comes in, which connections there are, and what they may do.</p>
      ${form(frame, {
        action: '/setup',
        submit: 'Set up',
        filled,
        fields: [
          ...(workspaceName === null
            ? [{ name: 'workspaceName', label: 'Name of the workspace', autocomplete: 'organization', maxLength: 200 }]
            : []),
          nameField,
          emailField,
          ...newPassword,
        ],
      })}`,
  });

export const newPasswordPage = (frame: Frame, filled: Filled, { name, email }: Somebody): Html =>
  page(frame, {
    title: 'Choose a password',
    filled,
    body: html`
      <p>Welcome, ${name}. This link lets you in once: choose the password you will sign in with from now on. Where else you
        are signed in, you will be signed out.</p>
      ${form(frame, { action: '/sign-in/password', submit: 'Save and sign in', filled, fields: newPassword, username: email })}`,
  });

export const changePasswordPage = (frame: Frame, filled: Filled, { email }: Somebody): Html =>
  page(frame, {
    title: 'Change your password',
    filled,
    body: html`
      <p>Where else you are signed in, you will be signed out.</p>
      ${form(frame, {
        action: '/account/password',
        submit: 'Change password',
        filled,
        username: email,
        fields: [
          { ...passwordField, name: 'currentPassword', label: 'Current password' },
          ...newPassword.map((field, at) =>
            at === 0 ? { ...field, name: 'newPassword', label: 'New password' } : field,
          ),
        ],
      })}
      <p class="aside"><a href="/account">Back</a></p>`,
  });

export const passwordChangedPage = (frame: Frame): Html =>
  page(frame, {
    title: 'Password changed',
    filled: EMPTY,
    body: html`<p>Your password was changed. Where else you were signed in, you are signed out. Your
        <a href="/account/passkeys">passkeys</a> go on.</p>
      <p class="aside"><a href="/account">Back</a></p>`,
  });

export interface InvitationView {
  workspaceName: string;
  invitedBy: string | null;
  email: string;
  name: string | null;
  role: WorkspaceRole;
}

const AS: Readonly<Record<WorkspaceRole, string>> = {
  OWNER: 'as an owner, who administers it',
  MEMBER: 'as a member',
  GUEST: 'as a guest, who sees what is shared with her',
};

const invited = ({ workspaceName, invitedBy, role }: InvitationView): Html => html`
  <p>${invitedBy ?? 'Whoever runs this Gatehouse'} invites you to the workspace <strong>${workspaceName}</strong>, ${AS[role]}.</p>`;

/** For somebody who has no account yet. */
export const joinPage = (frame: Frame, filled: Filled, invitation: InvitationView): Html =>
  page(frame, {
    title: `Join ${invitation.workspaceName}`,
    filled,
    body: html`
      ${invited(invitation)}
      ${form(frame, {
        action: '/invite',
        submit: 'Join',
        filled,
        username: invitation.email,
        fields: [{ ...nameField, value: invitation.name ?? '' }, ...newPassword],
      })}`,
  });

/** For somebody who has an account and is not signed in. */
export const joinByPasswordPage = (frame: Frame, filled: Filled, invitation: InvitationView): Html =>
  page(frame, {
    title: `Join ${invitation.workspaceName}`,
    filled,
    body: html`
      ${invited(invitation)}
      <p>There is an account with this address. Sign in to join.</p>
      ${form(frame, { action: '/invite', submit: 'Sign in and join', filled, username: invitation.email, fields: [passwordField] })}
      <p class="aside">No password yet, or forgotten? Whoever runs this Gatehouse can make a sign-in link for you.</p>`,
  });

/** For somebody who is signed in, as whom the invitation is for or as somebody else. */
export const joinSignedInPage = (
  frame: Frame,
  filled: Filled,
  invitation: InvitationView,
  as: Somebody,
  isHer: boolean,
): Html =>
  page(frame, {
    title: `Join ${invitation.workspaceName}`,
    filled,
    body: isHer
      ? html`${invited(invitation)} ${form(frame, { action: '/invite', submit: 'Join', filled, fields: [] })}`
      : html`
          ${invited(invitation)}
          <p>The invitation is for ${invitation.email}, but you are signed in as ${as.email}. Sign out, and open its link
            again.</p>
          ${signOutForm(frame)}`,
  });

export const accountPage = (
  frame: Frame,
  { name, email }: Somebody,
  workspaces: readonly { name: string; role: WorkspaceRole }[],
): Html =>
  page(frame, {
    title: 'Signed in',
    filled: EMPTY,
    body: html`
      <p>You are signed in as <strong>${name}</strong> (${email}).</p>
      <h2>Your workspaces</h2>
      ${
        workspaces.length === 0
          ? html`<p>You are in no workspace. Ask an owner for an invitation.</p>`
          : html`<ul>${workspaces.map((workspace) => html`<li>${workspace.name} <span class="note">${workspace.role.toLowerCase()}</span></li>`)}</ul>`
      }
      <nav aria-label="Account">
        <a href="/explorer">Explore the API</a>
        <a href="/account/password">Change your password</a>
        <a href="/account/passkeys">Your passkeys</a>
      </nav>
      ${signOutForm(frame)}`,
  });

export const signOutPage = (frame: Frame): Html =>
  page(frame, { title: 'Sign out', filled: EMPTY, body: signOutForm(frame) });

/** A sentence or two, and nothing to fill in. */
export const messagePage = (frame: Frame, title: string, sentences: string): Html =>
  page(frame, {
    title,
    filled: EMPTY,
    body: html`<p>${sentences}</p><p class="aside"><a href="/sign-in">Sign in</a></p>`,
  });

const signOutForm = (frame: Frame): Html =>
  form(frame, { action: '/sign-out', submit: 'Sign out', filled: EMPTY, fields: [] });

interface Form {
  action: string;
  submit: string;
  filled: Filled;
  fields: readonly Field[];
  /** The address the password is for, where it is not asked for: password managers look for it. */
  username?: string;
}

export const hiddenCsrf = ({ csrf }: Frame): Html => html`<input type="hidden" name="csrf" value="${csrf}">`;

function form(frame: Frame, { action, submit, filled, fields, username }: Form): Html {
  return html`<form method="post" action="${action}">
    ${hiddenCsrf(frame)}
    ${
      username !== undefined &&
      html`<p class="who">${username}</p>
    <input class="away" type="email" name="username" value="${username}" autocomplete="username" readonly tabindex="-1" aria-hidden="true">`
    }
    ${fields.map((field) => labelled(field, filled))}
    <button>${submit}</button>
  </form>`;
}

function labelled(
  { name, label, type = 'text', autocomplete, hint, value = '', maxLength }: Field,
  filled: Filled,
): Html {
  const wrong = filled.refusal && pathOf(filled.refusal) === name ? filled.refusal.message : null;
  const described = [hint && `${name}-hint`, wrong && `${name}-wrong`].filter(Boolean).join(' ');
  return html`<div class="field">
    <label for="${name}">${label}</label>
    ${hint && html`<p class="hint" id="${name}-hint">${hint}</p>`}
    ${wrong && html`<p class="wrong" id="${name}-wrong">${wrong}</p>`}
    <input id="${name}" name="${name}" type="${type}" autocomplete="${autocomplete}" required
      ${type !== 'password' && html`value="${filled.values[name] || value}"`}
      ${type === 'email' && html`inputmode="email" autocapitalize="none" spellcheck="false"`}
      ${maxLength && html`maxlength="${maxLength}"`}
      ${described && html`aria-describedby="${described}"`} ${wrong && html`aria-invalid="true"`}>
  </div>`;
}

/** The field a refusal is about. */
export const pathOf = ({ facts }: Refusal): string | undefined => (facts.path as readonly string[] | undefined)?.[0];

/** A whole page. */
export function page(
  { styles, scripts }: Frame,
  { title, filled, body }: { title: string; filled: Filled; body: Html },
): Html {
  const { refusal } = filled;
  return html`<!doctype html>
<html lang="en">
<head>
  <meta charset="utf-8">
  <meta name="viewport" content="width=device-width, initial-scale=1">
  <meta name="color-scheme" content="light dark">
  <meta name="robots" content="noindex">
  <title>${refusal && 'Error: '}${title} – Gatehouse</title>
  <link rel="stylesheet" href="${styles}">
  ${scripts.map((src) => html`<script src="${src}" defer></script>`)}
</head>
<body>
  <main>
    <p class="brand">Gatehouse</p>
    <h1>${title}</h1>
    ${refusal && summary(refusal)}
    ${body}
  </main>
</body>
</html>
`;
}

/** Said at once to who listens, and where the focus is; it leads to the field. */
function summary(refusal: Refusal): Html {
  const field = pathOf(refusal);
  return html`<div class="summary" role="alert" tabindex="-1" autofocus>
    <h2>That did not work</h2>
    <p>${field ? html`<a href="#${field}">${refusal.message}</a>` : refusal.message}</p>
  </div>`;
}
