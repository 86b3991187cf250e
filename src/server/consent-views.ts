// What the consent page looks like: one form that needs no script. What it does stands in consent-pages.ts.

import { logoUrl } from '../connection/logo.js';
import { wordsAgainst, wordsFor } from '../gate/capability.js';
import type { Id } from '../lib/id.js';
import type { AskingConnection } from '../oauth/authorization-request.js';
import type { Candidate } from '../oauth/eligibility.js';
import { MOST_COUNTED, type Pickable, type PickerNode, type PickerTree } from '../oauth/picker.js';
import type { PreviewField, PreviewRow } from '../oauth/preview.js';
import { type Html, html } from './html.js';

export interface ConsentView {
  styles: string;
  connection: AskingConnection;
  /** Where the form goes: the page it came from. */
  action: string;
  /** Where another account is chosen. */
  signIn: string;
  nonce: string;
  person: { name: string; email: string };
  candidates: readonly Candidate[];
  /** `null` when there is none where it may be installed. */
  here: Candidate | null;
  /** Where a client is sent back to, as people read it. */
  returnsTo: string;
  chosen: readonly Pickable[];
  /** What was installed before is open already. */
  openBefore: readonly Pickable[];
  picking: { tree: PickerTree; found: null } | { tree: null; found: readonly Pickable[] };
  search: string;
  opened: readonly Id[];
  preview: { rows: readonly PreviewRow[]; person: readonly PreviewField[] };
  /** Something that has to be said first. */
  notice: string | null;
}

export function consentPage(view: ConsentView): Html {
  const { connection, here } = view;
  return page(
    view.styles,
    `${connection.name} asks to be connected`,
    html`
    <header class="asker">
      ${connection.logoSha256 && html`<img src="${logoUrl('', connection.logoSha256)}" alt="" width="64" height="64">`}
      <div>
        <h1>Connect <strong>${connection.name}</strong>${here && html` to ${here.name}`}?</h1>
        <p class="hint">${about(connection)}</p>
      </div>
    </header>
    <p>You are signed in as <strong>${view.person.name}</strong> (${view.person.email}).
      <a href="${view.signIn}">Use another account</a></p>
    ${view.notice && html`<div class="summary" role="alert"><p>${view.notice}</p></div>`}
    <form method="post" action="${view.action}">
      <input type="hidden" name="consent" value="${view.nonce}">
      <button class="away" name="do" value="look" tabindex="-1" aria-hidden="true">Update</button>
      ${rights(connection)}
      ${places(view)}
      ${here && pages(view, here)}
      ${here && seen(view)}
      <footer class="answer">
        <p class="hint">You will be sent back to <strong>${view.returnsTo}</strong>. You can disconnect it at any time; it
          ends by itself when you leave the workspace.</p>
        ${here && html`<button name="do" value="allow">Allow</button>`}
        <button class="plain" name="do" value="cancel">Cancel</button>
      </footer>
    </form>`,
  );
}

/** Something is wrong, and nobody is sent anywhere. */
export const problemPage = (styles: string, title: string, sentences: string): Html =>
  page(styles, title, html`<h1>${title}</h1><p>${sentences}</p>`);

function about({ company, websiteUrl, privacyUrl, termsUrl, supportEmail }: AskingConnection): Html {
  // Kept as https only; whatever else came to stand there leads nowhere.
  const link = (url: string | null, label: string) =>
    url?.startsWith('https://') &&
    html` · <a href="${url}" rel="noopener noreferrer nofollow" target="_blank">${label}</a>`;
  return html`by ${company}${link(websiteUrl, 'Website')}${link(privacyUrl, 'Privacy')}${link(termsUrl, 'Terms')}${
    supportEmail && html` · ${supportEmail}`
  }`;
}

const rights = ({ capabilities }: AskingConnection): Html => html`
  <div class="rights">
    <section aria-labelledby="may">
      <h2 id="may">It can</h2>
      <p class="hint">Content and comments on the pages you choose alone.</p>
      <ul class="yes">${wordsFor(capabilities)
        .filter((words) => words !== 'No user information')
        .map((words) => html`<li>${words}</li>`)}</ul>
    </section>
    <section aria-labelledby="may-not">
      <h2 id="may-not">It cannot</h2>
      <ul class="no">
        ${wordsAgainst(capabilities).map((words) => html`<li>${words}</li>`)}
        <li>Reach any other page, or one you do not reach</li>
        <li>Change settings, members or other connections</li>
      </ul>
    </section>
  </div>`;

const places = ({ candidates, here }: ConsentView): Html => html`
  <fieldset>
    <legend>Workspace</legend>
    ${candidates.length === 0 && html`<p>You are in no workspace. Ask an owner for an invitation.</p>`}
    ${candidates.map(
      ({ workspaceId, name, refusal }) => html`
      <label class="choice">
        <input type="radio" name="workspace" value="${workspaceId}" ${workspaceId === here?.workspaceId && html`checked`}
          ${refusal && html`disabled`}>
        <span>${name}${refusal && html` <small>${refusal}</small>`}</span>
      </label>`,
    )}
    ${candidates.filter(({ refusal }) => !refusal).length > 1 && html`<button class="plain small" name="do" value="look">Switch workspace</button>`}
  </fieldset>`;

function pages(view: ConsentView, { mayShare }: Candidate): Html {
  if (!mayShare) {
    return html`<fieldset><legend>Pages</legend>
      <p>Only owners share pages here. You can connect it without any, and ask an owner to share some with it.</p></fieldset>`;
  }
  const { chosen, picking, search, opened } = view;
  const isChosen = (id: Id) => chosen.some((one) => one.id === id);
  const shown = new Set(idsIn(picking));
  const elsewhere = chosen.filter(({ id }) => !shown.has(id));
  return html`
  <fieldset>
    <legend>Pages</legend>
    <p class="hint">Whatever is below a page comes along. None is fine, too: pages can be shared later.</p>
    ${view.openBefore.length > 0 && html`<p class="hint">Open to it already: ${view.openBefore.map(({ title }) => title).join(', ')}.</p>`}
    ${elsewhere.length > 0 && html`<ul class="tree" aria-label="Chosen">${elsewhere.map((one) => html`<li>${box(one, true, true)}</li>`)}</ul>`}
    <div class="search">
      <label for="search">Find a page</label>
      <input id="search" type="search" name="search" value="${search}" maxlength="200" autocomplete="off">
      <button class="plain" name="do" value="look">Search</button>
    </div>
    ${opened.map((id) => html`<input type="hidden" name="open" value="${id}">`)}
    ${
      picking.found
        ? html`
      <p class="hint">${picking.found.length === 0 && 'Nothing has that in its title. '}Empty the field and search again to see all pages.</p>
      <ul class="tree" aria-label="Found">${picking.found.map((one) => html`<li>${box(one, isChosen(one.id), true)}</li>`)}</ul>`
        : html`
      ${picking.tree.roots.length === 0 && html`<p>There are no pages yet.</p>`}
      <ul class="tree" aria-label="All pages">${picking.tree.roots.map((node) => branch(node, isChosen))}</ul>
      ${picking.tree.isCut && html`<p class="hint">There are more. Search for them.</p>`}`
    }
  </fieldset>`;
}

function branch(node: PickerNode, isChosen: (id: Id) => boolean): Html {
  const itself = box(node, isChosen(node.id), false);
  if (node.children.length > 0) {
    const isOpen = containsChosen(node, isChosen);
    return html`<li>${itself}<details ${isOpen && html`open`}><summary>Below ${node.title}</summary>
      <ul>${node.children.map((child) => branch(child, isChosen))}</ul></details></li>`;
  }
  if (!node.isClosed) return html`<li>${itself}</li>`;
  return html`<li>${itself}<button class="plain small" name="opening" value="${node.id}">Show what is below ${node.title}</button></li>`;
}

const containsChosen = (node: PickerNode, isChosen: (id: Id) => boolean): boolean =>
  node.children.some((child) => isChosen(child.id) || containsChosen(child, isChosen));

const box = ({ id, kind, title, path, below }: Pickable, checked: boolean, withPath: boolean): Html => html`
  <label class="choice">
    <input type="checkbox" name="page" value="${id}" ${checked && html`checked`}>
    <span>${title || 'Untitled'} <small>${[
      ...(withPath && path.length > 0 ? [`in ${path.join(' / ')}`] : []),
      ...(kind === 'Database' ? ['database'] : []),
      ...(below > 0 ? [comingAlong(kind, below)] : []),
    ].join(' · ')}</small></span>
  </label>`;

function comingAlong(kind: Pickable['kind'], below: number): string {
  const many = below > MOST_COUNTED ? `more than ${MOST_COUNTED.toLocaleString('en')}` : below.toLocaleString('en');
  const what = kind === 'Database' ? 'row' : 'subpage';
  return below === 1 ? `1 ${what} comes along` : `${many} ${what}s come along`;
}

const idsIn = ({ tree, found }: ConsentView['picking']): Id[] => {
  const below = (nodes: readonly PickerNode[]): Id[] => nodes.flatMap(({ id, children }) => [id, ...below(children)]);
  return found ? found.map(({ id }) => id) : below(tree.roots);
};

const seen = ({ preview, connection }: ConsentView): Html => html`
  <fieldset class="preview">
    <legend>What ${connection.name} would see</legend>
    ${
      preview.rows.length === 0
        ? html`<p class="hint">Choose pages and show the preview: three of them, as the connection would read them.</p>`
        : preview.rows.map(
            ({ title, fields }) => html`<section><h3>${title || 'Untitled'}</h3>${fieldList(fields)}</section>`,
          )
    }
    <section><h3>People, such as you</h3>${fieldList(preview.person)}</section>
    <button class="plain small" name="do" value="look">Show the preview</button>
  </fieldset>`;

const fieldList = (fields: readonly PreviewField[]): Html =>
  html`<dl>${fields.map(
    ({ label, value, hiddenBy }) => html`
  <div${hiddenBy && html` class="hidden"`}><dt>${label}</dt><dd>${
    hiddenBy ? html`Hidden <small>needs “${hiddenBy}”</small>` : (value ?? html`<small>empty</small>`)
  }</dd></div>`,
  )}</dl>`;

const page = (styles: string, title: string, body: Html): Html => html`<!doctype html>
<html lang="en">
<head>
  <meta charset="utf-8">
  <meta name="viewport" content="width=device-width, initial-scale=1">
  <meta name="color-scheme" content="light dark">
  <meta name="robots" content="noindex">
  <title>${title} – Gatehouse</title>
  <link rel="stylesheet" href="${styles}">
</head>
<body class="consent">
  <main>
    <p class="brand">Gatehouse</p>
    ${body}
  </main>
</body>
</html>
`;
