// WebAuthn, by the library: what a browser is asked for, and whether what it answers is right. Who may ask, and what an
// answer is good for, stands in passkey-lifecycle.ts and passkey-sign-in.ts.

import type {
  AuthenticationResponseJSON,
  PublicKeyCredentialCreationOptionsJSON,
  PublicKeyCredentialRequestOptionsJSON,
  RegistrationResponseJSON,
} from '@simplewebauthn/server';
import type { Id } from '../lib/id.js';
import { CHALLENGE_MINUTES } from './passkey-challenge.js';
import type { RelyingParty } from './relying-party.js';

/** EdDSA, ES256 and RS256 (COSE), from the best on: every authenticator there is has one of them. */
const ALGORITHMS = [-8, -7, -257];
const TIMEOUT_MS = CHALLENGE_MINUTES * 60_000;
/** An answer without an attestation has some hundred bytes; a large key makes it a few thousand. */
const MAX_ANSWER_LENGTH = 12_000;
/** WebAuthn §4: no credential id is longer. */
const MAX_CREDENTIAL_ID_BYTES = 1_023;
const TRANSPORTS: ReadonlySet<string> = new Set(['ble', 'cable', 'hybrid', 'internal', 'nfc', 'smart-card', 'usb']);

/** When the first passkey is made or used: it takes 80 ms and 20 MB, which a start has no need of. */
const library = () => import('@simplewebauthn/server');

/** An answer of a browser, so far as it could be read. */
export interface Answer {
  credentialId: Buffer;
  /** What it says it has signed. */
  challenge: Buffer;
  json: AnswerJson;
}

interface AnswerJson {
  id: string;
  response: { clientDataJSON: string; attestationObject?: string; userHandle?: unknown; transports?: unknown };
}

export interface MadeCredential {
  credentialId: Buffer;
  publicKey: Buffer;
  counter: number;
  transports: string[];
}

export interface KnownCredential {
  personId: Id;
  credentialId: Buffer;
  publicKey: Buffer;
  counter: number;
}

/** What a browser is to make a passkey from: one that is found without a name being typed, and asks for a finger, a face
 *  or a PIN each time. */
export async function creationOptions(
  party: RelyingParty,
  person: { id: Id; name: string; email: string },
  challenge: Buffer,
  known: readonly { credentialId: Buffer; transports: string[] }[],
): Promise<PublicKeyCredentialCreationOptionsJSON> {
  const { generateRegistrationOptions } = await library();
  return generateRegistrationOptions({
    rpName: 'Gatehouse',
    rpID: party.id,
    userID: handleOf(person.id),
    userName: person.email,
    userDisplayName: person.name,
    challenge: new Uint8Array(challenge),
    timeout: TIMEOUT_MS,
    attestationType: 'none',
    excludeCredentials: known.map(({ credentialId, transports }) => ({
      id: credentialId.toString('base64url'),
      transports,
    })),
    authenticatorSelection: { residentKey: 'required', userVerification: 'required' },
    supportedAlgorithmIDs: ALGORITHMS,
  });
}

/** What a browser is to sign in with: any passkey of this gateway. */
export async function requestOptions(
  party: RelyingParty,
  challenge: Buffer,
): Promise<PublicKeyCredentialRequestOptionsJSON> {
  const { generateAuthenticationOptions } = await library();
  return generateAuthenticationOptions({
    rpID: party.id,
    challenge: new Uint8Array(challenge),
    timeout: TIMEOUT_MS,
    userVerification: 'required',
  });
}

/** Reads an answer, as an object or as its JSON; `null` for what could be none. Nothing of it is known to be true yet. */
export function answerIn(given: unknown): Answer | null {
  try {
    const text = typeof given === 'string' ? given : JSON.stringify(given);
    if (text.length > MAX_ANSWER_LENGTH) return null;
    const json = JSON.parse(text) as AnswerJson;
    const clientData = JSON.parse(fromBase64url(json.response.clientDataJSON).toString()) as Record<string, unknown>;
    // A page of ours is never framed, so no frame of another page has asked for it.
    if (clientData.crossOrigin === true || typeof clientData.challenge !== 'string') return null;
    const credentialId = fromBase64url(json.id);
    if (credentialId.length === 0 || credentialId.length > MAX_CREDENTIAL_ID_BYTES) return null;
    return { credentialId, challenge: fromBase64url(clientData.challenge), json };
  } catch {
    return null; // not JSON, or not of this shape: anybody may send anything
  }
}

/** The credential in an answer to `creationOptions`; `null` when anything about it is not as it should be. */
export async function verifyMade(party: RelyingParty, answer: Answer): Promise<MadeCredential | null> {
  const { verifyRegistrationResponse } = await library();
  if (!(await isUnattested(answer))) return null;
  const checked = await verifyRegistrationResponse({
    response: answer.json as RegistrationResponseJSON,
    expectedChallenge: answer.challenge.toString('base64url'),
    expectedOrigin: party.origin,
    expectedRPID: party.id,
    requireUserVerification: true,
    supportedAlgorithmIDs: ALGORITHMS,
  }).catch(notRight);
  if (!checked?.verified) return null;
  const { id, publicKey, counter } = checked.registrationInfo.credential;
  const { transports } = answer.json.response;
  return {
    credentialId: Buffer.from(id, 'base64url'),
    publicKey: Buffer.from(publicKey),
    counter,
    transports: Array.isArray(transports) ? [...new Set(transports)].filter((one) => TRANSPORTS.has(one)) : [],
  };
}

/** Nobody was asked for an attestation. One that comes with certificates is not looked at: what they say to look up, the
 *  library would look up. A signature by the new key itself, which some keys cannot leave out, has none. */
async function isUnattested({ json }: Answer): Promise<boolean> {
  const { decodeAttestationObject } = await import('@simplewebauthn/server/helpers');
  try {
    const attestation = decodeAttestationObject(new Uint8Array(fromBase64url(json.response.attestationObject ?? '')));
    const format = attestation.get('fmt');
    return format === 'none' || (format === 'packed' && attestation.get('attStmt').get('x5c') === undefined);
  } catch {
    return false; // no CBOR, or none of this shape
  }
}

/** The counter in an answer to `requestOptions` that `known` has signed; `null` when anything about it is not as it should
 *  be. */
export async function verifyUsed(party: RelyingParty, answer: Answer, known: KnownCredential): Promise<number | null> {
  const { userHandle } = answer.json.response;
  // Whose it is the passkey knows as well: it was made for her.
  if (userHandle !== Buffer.from(handleOf(known.personId)).toString('base64url')) return null;
  const { verifyAuthenticationResponse } = await library();
  const checked = await verifyAuthenticationResponse({
    response: answer.json as AuthenticationResponseJSON,
    expectedChallenge: answer.challenge.toString('base64url'),
    expectedOrigin: party.origin,
    expectedRPID: party.id,
    requireUserVerification: true,
    credential: {
      id: known.credentialId.toString('base64url'),
      publicKey: new Uint8Array(known.publicKey),
      counter: known.counter,
    },
  }).catch(notRight);
  return checked?.verified ? checked.authenticationInfo.newCounter : null;
}

/** The library throws whatever is wrong with an answer, in words for a log. To whoever sent it all of it is the same. */
const notRight = (): null => null;

/** What a passkey remembers of whom it was made for. */
const handleOf = (personId: Id): Uint8Array<ArrayBuffer> =>
  new Uint8Array(Buffer.from(personId.replaceAll('-', ''), 'hex'));

/** Throws for anything but base64url, as WebAuthn writes it. */
function fromBase64url(text: string): Buffer {
  if (!/^[\w-]*$/.test(text)) throw new TypeError('This is not base64url.');
  return Buffer.from(text, 'base64url');
}
