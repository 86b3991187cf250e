// A passkey in software, for tests: it makes keys and signs with them as a security key would, and lies when it is told to.

import { createHash, generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto';
import { isoCBOR } from '@simplewebauthn/server/helpers';

/** What of an answer is not as an honest browser and an honest key would have it. */
export interface Lies {
  origin?: string;
  rpId?: string;
  challenge?: string;
  type?: string;
  crossOrigin?: boolean;
  isVerified?: boolean;
  isPresent?: boolean;
  counter?: number;
  userHandle?: string | undefined;
  /** `none`, unless the key attests to itself, or to its make. */
  attestation?: 'self' | 'apple' | 'packed';
  /** Signed by another key. */
  key?: KeyObject;
  id?: string;
}

interface Options {
  challenge: string;
  rp?: { id?: string };
  rpId?: string;
  user?: { id: string };
}

const base64url = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64url');
const sha256 = (bytes: Uint8Array): Buffer => createHash('sha256').update(bytes).digest();

export class Authenticator {
  readonly credentialId = randomBytes(32);
  readonly keys = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  counter = 0;
  private userHandle: string | undefined;

  /** `countsUp: false` is a passkey that is synchronised, and always says 0. */
  constructor(
    private readonly origin: string,
    private readonly countsUp = true,
  ) {}

  /** The answer to options of `startPasskey`. */
  create(given: object, lies: Lies = {}): Record<string, unknown> {
    const { challenge, rp, user } = given as Options;
    this.userHandle = user?.id;
    const { x = '', y = '' } = this.keys.publicKey.export({ format: 'jwk' });
    const publicKey = isoCBOR.encode(
      new Map<number, number | Uint8Array>([
        [1, 2],
        [3, -7],
        [-1, 1],
        [-2, new Uint8Array(Buffer.from(x, 'base64url'))],
        [-3, new Uint8Array(Buffer.from(y, 'base64url'))],
      ]),
    );
    const length = Buffer.alloc(2);
    length.writeUInt16BE(this.credentialId.length);
    const attested = Buffer.concat([Buffer.alloc(16), length, this.credentialId, publicKey]);
    const authData = this.authData(lies.rpId ?? rp?.id ?? '', lies, 0x40, attested);
    const clientData = this.clientData(lies.type ?? 'webauthn.create', challenge, lies);
    const signature = sign('sha256', Buffer.concat([authData, sha256(clientData)]), this.keys.privateKey);
    const statement = new Map<string, unknown>([
      ['alg', -7],
      ['sig', new Uint8Array(signature)],
      ...(lies.attestation === 'self' ? [] : [['x5c', [new Uint8Array([0x30, 0])]] as const]),
    ]);
    const { attestation } = lies;
    const attestationObject = isoCBOR.encode(
      new Map<string, unknown>([
        ['fmt', attestation === 'self' ? 'packed' : (attestation ?? 'none')],
        ['attStmt', attestation ? statement : new Map()],
        ['authData', new Uint8Array(authData)],
      ]) as never,
    );
    return this.answer(lies, {
      clientDataJSON: base64url(clientData),
      attestationObject: base64url(attestationObject),
      transports: ['usb', 'usb', 'carrier-pigeon'],
    });
  }

  /** The answer to a challenge for signing in. */
  get(given: object, lies: Lies = {}): string {
    const { challenge, rpId = '' } = given as Options;
    const clientData = this.clientData(lies.type ?? 'webauthn.get', challenge, lies);
    const authData = this.authData(lies.rpId ?? rpId, lies);
    const signature = sign('sha256', Buffer.concat([authData, sha256(clientData)]), lies.key ?? this.keys.privateKey);
    return JSON.stringify(
      this.answer(lies, {
        clientDataJSON: base64url(clientData),
        authenticatorData: base64url(authData),
        signature: base64url(signature),
        userHandle: 'userHandle' in lies ? lies.userHandle : this.userHandle,
      }),
    );
  }

  private answer({ id = base64url(this.credentialId) }: Lies, response: object): Record<string, unknown> {
    return { id, rawId: id, type: 'public-key', clientExtensionResults: {}, response };
  }

  private clientData(type: string, challenge: string, lies: Lies): Buffer {
    const { origin = this.origin, crossOrigin = false } = lies;
    return Buffer.from(JSON.stringify({ type, challenge: lies.challenge ?? challenge, origin, crossOrigin }));
  }

  private authData(
    rpId: string,
    { isVerified = true, isPresent = true, counter }: Lies,
    flags = 0,
    rest = Buffer.alloc(0),
  ) {
    const counted = Buffer.alloc(4);
    counted.writeUInt32BE(counter ?? (this.countsUp ? ++this.counter : 0));
    const bits = flags | (isPresent ? 0x01 : 0) | (isVerified ? 0x04 : 0);
    return Buffer.concat([sha256(Buffer.from(rpId)), Buffer.from([bits]), counted, rest]);
  }
}
