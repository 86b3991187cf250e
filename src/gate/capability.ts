// Capabilities as names at the door and as bits inside. Seven bits make 128 sets, so a rule can be a table of 128.

export const CAPABILITIES = [
  'CONTENT_READ',
  'CONTENT_UPDATE',
  'CONTENT_INSERT',
  'COMMENT_READ',
  'COMMENT_INSERT',
  'USER_READ',
  'USER_READ_EMAIL',
] as const;
export type Capability = (typeof CAPABILITIES)[number];

/** What a share opens: the first five capabilities, by the same bits. User capabilities are never narrowed by a share. */
export const SHARE_ACCESS = ['READ', 'UPDATE', 'INSERT', 'COMMENT_READ', 'COMMENT_INSERT'] as const;
export type ShareAccess = (typeof SHARE_ACCESS)[number];

/** A set of capabilities; bit n is the n-th name of `CAPABILITIES`. */
export type Bits = number;

export const ALL_BITS: Bits = 0b111_1111;
export const CONTENT_BITS: Bits = 0b001_1111;
export const USER_BITS: Bits = 0b110_0000;

const bitOf = Object.fromEntries(CAPABILITIES.map((name, index) => [name, 1 << index])) as Record<Capability, Bits>;
const shareBitOf = Object.fromEntries(SHARE_ACCESS.map((name, index) => [name, 1 << index])) as Record<
  ShareAccess,
  Bits
>;

export const READ: Bits = bitOf.CONTENT_READ;

export const bitsOf = (names: Iterable<Capability>): Bits => [...names].reduce((bits, name) => bits | bitOf[name], 0);
export const namesOf = (bits: Bits): Capability[] => CAPABILITIES.filter((name) => bits & bitOf[name]);

export const shareBitsOf = (names: Iterable<ShareAccess>): Bits =>
  [...names].reduce((bits, name) => bits | shareBitOf[name], 0);
export const shareNamesOf = (bits: Bits): ShareAccess[] => SHARE_ACCESS.filter((name) => bits & shareBitOf[name]);

/** `USER_READ_EMAIL` implies `USER_READ`; every granted set is closed under that. */
export const withImplied = (bits: Bits): Bits => (bits & bitOf.USER_READ_EMAIL ? bits | bitOf.USER_READ : bits);

/** What a set allows, in the words of the reference product's settings. There is always a word about users. */
export const wordsFor = (capabilities: readonly Capability[]): string[] => [
  ...CAPABILITIES.filter((name) => name in WORDS && capabilities.includes(name)).map((name) => WORDS[name] as string),
  capabilities.includes('USER_READ_EMAIL')
    ? 'Read user information with e-mail addresses'
    : capabilities.includes('USER_READ')
      ? 'Read user information without e-mail addresses'
      : 'No user information',
];

/** What a set does not allow, in the same words. */
export const wordsAgainst = (capabilities: readonly Capability[]): string[] => [
  ...CAPABILITIES.filter((name) => name in WORDS && !capabilities.includes(name)).map((name) => WORDS[name] as string),
  ...(capabilities.includes('USER_READ') ? [] : ['Read user information']),
  ...(capabilities.includes('USER_READ_EMAIL') ? [] : ['Read e-mail addresses of people']),
];

const WORDS: Partial<Record<Capability, string>> = {
  CONTENT_READ: 'Read content',
  CONTENT_UPDATE: 'Update content',
  CONTENT_INSERT: 'Insert content',
  COMMENT_READ: 'Read comments',
  COMMENT_INSERT: 'Insert comments',
};

export const isCapability = (name: string): name is Capability => (CAPABILITIES as readonly string[]).includes(name);
