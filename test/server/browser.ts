// A browser without a screen, for pages without scripts: it keeps cookies, follows redirects, and fills in forms.

import { type Reply, type Sent, send } from './wire.js';

export class Browser {
  /** By name. */
  readonly cookies = new Map<string, string>();
  /** Every `Set-Cookie` there was. */
  readonly setCookies: string[] = [];
  /** The page it shows. */
  page: Reply = { status: 0, headers: {}, text: '' };
  path = '';

  constructor(
    private readonly url: string,
    /** Sent with every request. */
    readonly headers: Record<string, string> = {},
  ) {}

  /** Goes to an address, and on to where that leads. */
  async open(path: string): Promise<Reply> {
    return this.follow(await this.send({ method: 'GET', path }), path);
  }

  /** Fills in the form of the page it shows and sends it. `also` changes what is sent with it. */
  async submit(fields: Record<string, string> = {}, also: Sent = {}): Promise<Reply> {
    const action = /<form method="post" action="([^"]+)"/.exec(this.page.text)?.[1];
    if (!action) throw new Error(`There is no form on ${this.path}: ${this.page.text}`);
    return this.post(action, { csrf: this.csrf, ...fields }, also);
  }

  /** Sends a form that need not be on the page. */
  async post(path: string, fields: Record<string, string>, also: Sent = {}): Promise<Reply> {
    const reply = await this.send({
      method: 'POST',
      path,
      body: new URLSearchParams(fields).toString(),
      ...also,
      headers: { 'content-type': 'application/x-www-form-urlencoded', ...also.headers },
    });
    return this.follow(reply, path);
  }

  /** What hidden fields of the page hold. */
  get csrf(): string {
    return /name="csrf" value="([^"]*)"/.exec(this.page.text)?.[1] ?? '';
  }

  get heading(): string {
    return textIn(/<h1>(.*?)<\/h1>/s.exec(this.page.text)?.[1]);
  }

  /** What the page says is wrong. */
  get alert(): string {
    const [, text] = /<div class="summary" role="alert".*?>.*?<p>(.*?)<\/p>/s.exec(this.page.text) ?? [];
    return textIn(text);
  }

  /** One request, its cookies kept, its redirects not followed. */
  async send(sent: Sent): Promise<Reply> {
    const cookie = [...this.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const reply = await send(this.url, {
      ...sent,
      headers: { ...(cookie && { cookie }), ...this.headers, ...sent.headers },
    });
    for (const set of reply.headers['set-cookie'] ?? []) {
      this.setCookies.push(set);
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(set) ?? [];
      if (/Max-Age=0/.test(set)) this.cookies.delete(name);
      else this.cookies.set(name, value);
    }
    return reply;
  }

  private async follow(reply: Reply, path: string): Promise<Reply> {
    const { location } = reply.headers;
    if (location && reply.status >= 300 && reply.status < 400) return this.open(location);
    this.page = reply;
    this.path = path;
    return reply;
  }
}

const textIn = (html = ''): string =>
  html
    .replace(/<[^>]*>/g, '')
    .replaceAll('&#39;', "'")
    .replaceAll('&quot;', '"')
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&amp;', '&')
    .trim();
