// The tree and its trash as anybody would write them down who has no database: a map, a parent for each, and walks. What the
// commands do, and with which code they refuse, is held against this.

import type { Id } from '../../src/lib/id.js';

export type Kind = 'Page' | 'Database' | 'DataSource';
export type Access = 'READ' | 'UPDATE' | 'INSERT';

export interface ModelNode {
  kind: Kind;
  id: Id;
  parent: Id | null;
  title: string;
  version: number;
  locked: boolean;
  /** What it was thrown away with. */
  trashedWith: Id | null;
}

export type Command =
  | { do: 'create'; kind: Kind; id: Id; parent: Id | null; title: string }
  | { do: 'update'; id: Id; title: string }
  | { do: 'move'; id: Id; parent: Id | null }
  | { do: 'trash' | 'restore' | 'delete' | 'lock' | 'unlock'; id: Id };

/** Who asks: everything, or what is shared. */
export type Shares = ReadonlyMap<Id, readonly Access[]> | 'ALL';

export class TreeModel {
  readonly nodes = new Map<Id, ModelNode>();

  /** Itself first, then whatever is above it. */
  upwards(id: Id): ModelNode[] {
    const path: ModelNode[] = [];
    for (let at = this.nodes.get(id); at; at = at.parent === null ? undefined : this.nodes.get(at.parent))
      path.push(at);
    return path;
  }

  below = (id: Id): ModelNode[] =>
    [...this.nodes.values()].filter((node) => node.id !== id && this.upwards(node.id).some((above) => above.id === id));

  may(shares: Shares, id: Id, access: Access): boolean {
    return shares === 'ALL' || this.upwards(id).some((above) => shares.get(above.id)?.includes(access));
  }

  reaches = (shares: Shares, id: Id): boolean =>
    (['READ', 'UPDATE', 'INSERT'] as const).some((access) => this.may(shares, id, access));

  /** Carries a command out, or says with which code it is refused. */
  apply(command: Command, shares: Shares = 'ALL'): string {
    const refusal = this.refusal(command, shares);
    if (refusal !== null) return refusal;
    const node = this.nodes.get(command.id);
    switch (command.do) {
      case 'create': {
        const { do: _, ...made } = command;
        this.nodes.set(command.id, { ...made, version: 1, locked: false, trashedWith: null });
        return 'OK';
      }
      case 'update':
        if (node!.title !== command.title) Object.assign(node!, { title: command.title, version: node!.version + 1 });
        return 'OK';
      case 'move':
        if (node!.parent !== command.parent)
          Object.assign(node!, { parent: command.parent, version: node!.version + 1 });
        return 'OK';
      case 'lock':
      case 'unlock': {
        const locked = command.do === 'lock';
        if (node!.locked !== locked) Object.assign(node!, { locked, version: node!.version + 1 });
        return 'OK';
      }
      case 'trash':
        node!.version++;
        for (const gone of [node!, ...this.below(node!.id)]) gone.trashedWith ??= node!.id;
        return 'OK';
      case 'restore':
        node!.version++;
        for (const back of [node!, ...this.below(node!.id)]) if (back.trashedWith === node!.id) back.trashedWith = null;
        return 'OK';
      case 'delete':
        for (const { id } of [...this.below(node!.id), node!]) this.nodes.delete(id);
        return 'OK';
    }
  }

  private refusal(command: Command, shares: Shares): string | null {
    if (command.do === 'create') return this.refusesParent(command.kind, command.parent, shares);
    const node = this.nodes.get(command.id);
    if (!node || !this.reaches(shares, node.id)) return 'NOT_FOUND';
    if (!this.may(shares, node.id, 'UPDATE')) return 'CAPABILITY_MISSING';
    if (command.do === 'restore') {
      const above = node.parent === null ? undefined : this.nodes.get(node.parent);
      return node.trashedWith !== node.id || above?.trashedWith ? 'INVALID_STATE' : null;
    }
    if (command.do === 'delete') return node.trashedWith === null ? 'INVALID_STATE' : null;
    if (node.trashedWith !== null) return 'INVALID_STATE';
    if (command.do === 'lock' || command.do === 'unlock') return null;
    if (this.isLocked(node)) return 'INVALID_STATE';
    if (command.do !== 'move') return null;
    const refused = this.refusesParent(node.kind, command.parent, shares);
    if (refused !== null) return refused;
    const isBelowItself = command.parent !== null && this.upwards(command.parent).some(({ id }) => id === node.id);
    return isBelowItself ? 'INVALID_STATE' : null;
  }

  private refusesParent(_kind: Kind, parentId: Id | null, shares: Shares): string | null {
    if (parentId === null) return shares === 'ALL' ? null : 'FORBIDDEN';
    const parent = this.nodes.get(parentId);
    if (!parent || !this.reaches(shares, parentId)) return 'NOT_FOUND';
    if (!this.may(shares, parentId, 'INSERT')) return 'CAPABILITY_MISSING';
    if (parent.trashedWith !== null) return 'INVALID_STATE';
    return parent.kind !== 'DataSource' && parent.locked ? 'INVALID_STATE' : null;
  }

  /** A data source is as locked as its database. */
  private isLocked(node: ModelNode): boolean {
    return node.kind === 'DataSource' ? this.nodes.get(node.parent!)!.locked : node.locked;
  }
}
