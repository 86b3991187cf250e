// What signing in by passkey, and the page for one's passkeys, look like. The buttons are shown by the script that makes
// them work (passkeys.js).

import type { Passkey } from '../people/passkeys.js';
import { noName, partyAt } from '../people/relying-party.js';
import { type Html, html } from './html.js';
import { type Filled, type Frame, hiddenCsrf, page, pathOf, signInPath } from './sign-in-views.js';

/** Where somebody sees, adds and removes her passkeys. */
export const PASSKEYS = '/account/passkeys';

/** The second way to sign in, under the first; nothing where passkeys cannot work. */
export function passkeySignIn(frame: Frame, publicUrl: string): Html | null {
  const party = partyAt(publicUrl);
  return (
    party &&
    html`<form method="post" action="${signInPath('/sign-in/passkey', frame)}" data-passkey="get"
      data-challenge="/sign-in/passkey/challenge" data-origin="${party.origin}">
      ${hiddenCsrf(frame)}
      <input type="hidden" name="response">
      <div data-when="able" hidden>
        <p class="or">or</p>
        <button class="second">Sign in with a passkey</button>
      </div>
      <p class="wrong" role="alert"></p>
    </form>`
  );
}

export interface PasskeysView {
  passkeys: readonly Passkey[];
  /** She has signed in within ten minutes. */
  isFresh: boolean;
  publicUrl: string;
}

export const passkeysPage = (frame: Frame, filled: Filled, { passkeys, isFresh, publicUrl }: PasskeysView): Html =>
  page(frame, {
    title: 'Your passkeys',
    filled,
    body: html`
      <p>With a passkey you sign in by a finger, a face, a PIN or a security key, in place of your password. Your password
        goes on working.</p>
      ${
        passkeys.length === 0
          ? html`<p>You have none yet.</p>`
          : html`<ul class="passkeys">${passkeys.map((passkey) => kept(frame, passkey, isFresh))}</ul>`
      }
      ${isFresh ? addition(frame, filled, publicUrl) : signInFirst}
      <p class="aside"><a href="/account">Back</a></p>`,
  });

const kept = (frame: Frame, { id, name, createdAt, lastUsedAt }: Passkey, isFresh: boolean): Html => html`<li>
    <div><strong>${name}</strong><br><span class="note">Added ${day(createdAt)}, ${
      lastUsedAt ? `last used ${day(lastUsedAt)}` : 'not used yet'
    }.</span></div>
    ${
      isFresh &&
      html`<form method="post" action="${PASSKEYS}">
      ${hiddenCsrf(frame)}
      <input type="hidden" name="delete" value="${id}">
      <button class="small" aria-label="Delete ${name}">Delete</button>
    </form>`
    }
  </li>`;

const signInFirst = html`<p>To add or delete one, <a href="/sign-in?next=${encodeURIComponent(PASSKEYS)}">sign in again</a>: this
  needs a sign-in within ten minutes.</p>`;

function addition(frame: Frame, filled: Filled, publicUrl: string): Html {
  const party = partyAt(publicUrl);
  if (!party) return html`<p>${noName(publicUrl)}</p>`;
  const wrong = filled.refusal && pathOf(filled.refusal) === 'name' ? filled.refusal.message : null;
  return html`<h2>Another one</h2>
    <form method="post" action="${PASSKEYS}" data-passkey="create" data-challenge="${PASSKEYS}/challenge"
      data-origin="${party.origin}">
      ${hiddenCsrf(frame)}
      <input type="hidden" name="response">
      <div data-when="able" hidden>
        <div class="field">
          <label for="name">Its name</label>
          <p class="hint" id="name-hint">What tells it apart from others: “Phone”, “Key in the drawer”.</p>
          ${wrong && html`<p class="wrong" id="name-wrong">${wrong}</p>`}
          <input id="name" name="name" type="text" autocomplete="off" required maxlength="200" value="${filled.values.name}"
            aria-describedby="name-hint${wrong && ' name-wrong'}" ${wrong && html`aria-invalid="true"`}>
        </div>
        <button>Add a passkey</button>
      </div>
      <p class="wrong" role="alert"></p>
      <p data-when="unable">A passkey can only be added with JavaScript.</p>
    </form>
    <p class="aside">Deleting one signs you out everywhere else.</p>`;
}

const day = (at: Date | string): string => new Date(at).toISOString().slice(0, 10);
