// The token: kept for this tab, until it is closed or the token forgotten. Never in the URL, a cookie or localStorage.

const KEY = 'gatehouse:token';

/** The token this tab was last let in with. */
export const rememberedToken = (): string | null => sessionStorage.getItem(KEY);

export const rememberToken = (token: string): void => sessionStorage.setItem(KEY, token);

export const forgetToken = (): void => sessionStorage.removeItem(KEY);

/** What was pasted, without blanks and without the scheme of a copied header. */
export const tokenIn = (pasted: string): string => pasted.trim().replace(/^(authorization:\s*)?bearer\s+/i, '');
