// Cursors are sealed: a client can neither read nor forge one, nor use it for another list or as somebody else.

import { Refusal } from './refusal.js';
import { type KeyRing, open, seal } from './secret.js';

/** Position in a list: the sort values of its row, as text, and the row's id last. */
export type Position = readonly string[];

/** Seals positions for one actor and one list. `list` names the field, its filter and its order. */
export class CursorSeal {
  constructor(
    private readonly keys: KeyRing,
    private readonly actor: string,
  ) {}

  seal(list: string, position: Position): string {
    return seal(this.keys.for('cursor'), Buffer.from(JSON.stringify(position)), this.context(list)).toString(
      'base64url',
    );
  }

  /** Throws `CURSOR_INVALID` for a cursor that was not made here, by this actor, for this list. */
  open(list: string, cursor: string): Position {
    const plain = open(this.keys.for('cursor'), Buffer.from(cursor, 'base64url'), this.context(list));
    if (!plain) {
      throw new Refusal(
        'CURSOR_INVALID',
        'The cursor was not made by this list. Use a cursor from pageInfo or edges of the same field, with the same filter and order and the same token.',
      );
    }
    return JSON.parse(plain.toString()) as Position;
  }

  private context(list: string): string {
    return `${this.actor}\n${list}`;
  }
}
