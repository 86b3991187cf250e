// Addresses as people and programs write them into text.

/** Percent-decoding that leaves alone what is not an encoding. */
export function decodeLink(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text.replace(/(?:%[0-9a-f]{2})+/gi, (run) => {
      try {
        return decodeURIComponent(run);
      } catch {
        return run;
      }
    });
  }
}

/** What a file on the web is called where nobody said: the last part of its address. */
export const webFileName = (url: string): string =>
  decodeLink(
    url
      .replace(/[?#].*$/s, '')
      .split('/')
      .filter(Boolean)
      .at(-1) ?? url,
  ) || url;
