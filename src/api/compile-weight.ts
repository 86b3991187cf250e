// How large the compiled form of an operation would be, known before compiling it: compiled code holds a copy of a
// selection for each possible type of an interface or union, and so grows with types to the power of depth.

import {
  type DocumentNode,
  type FragmentDefinitionNode,
  type GraphQLNamedType,
  type GraphQLObjectType,
  type GraphQLSchema,
  getNamedType,
  isAbstractType,
  isObjectType,
  Kind,
  type OperationDefinitionNode,
  type SelectionSetNode,
} from 'graphql';

/** Field positions in the compiled form of a valid operation, possible types of an abstract one added up. Counted once
 *  for each selection and type, however often they meet: cheap for documents whose weight is astronomic. */
export function compileWeight(
  schema: GraphQLSchema,
  document: DocumentNode,
  operation: OperationDefinitionNode,
): number {
  const fragments = new Map<string, FragmentDefinitionNode>();
  for (const definition of document.definitions) {
    if (definition.kind === Kind.FRAGMENT_DEFINITION) fragments.set(definition.name.value, definition);
  }
  const known = new Map<SelectionSetNode, Map<GraphQLObjectType, number>>();

  const ofValue = (type: GraphQLNamedType, selectionSet: SelectionSetNode | undefined): number => {
    if (!selectionSet) return 0;
    if (isObjectType(type)) return ofObject(type, selectionSet);
    if (!isAbstractType(type)) return 0;
    return schema.getPossibleTypes(type).reduce((sum, possible) => sum + 1 + ofObject(possible, selectionSet), 0);
  };

  const ofObject = (type: GraphQLObjectType, selectionSet: SelectionSetNode): number => {
    const byType = known.get(selectionSet) ?? new Map<GraphQLObjectType, number>();
    known.set(selectionSet, byType);
    const before = byType.get(type);
    if (before !== undefined) return before;
    let weight = 0;
    for (const selection of selectionSet.selections) {
      if (selection.kind === Kind.FIELD) {
        const field = type.getFields()[selection.name.value];
        weight += 1 + (field ? ofValue(getNamedType(field.type), selection.selectionSet) : 0);
      } else {
        const fragment = selection.kind === Kind.INLINE_FRAGMENT ? selection : fragments.get(selection.name.value);
        if (!fragment) continue;
        const condition = fragment.typeCondition && schema.getType(fragment.typeCondition.name.value);
        const applies =
          !condition || condition === type || (isAbstractType(condition) && schema.isSubType(condition, type));
        if (applies) weight += ofObject(type, fragment.selectionSet);
      }
    }
    byType.set(type, weight);
    return weight;
  };

  const root = schema.getRootType(operation.operation);
  return root ? ofObject(root, operation.selectionSet) : 0;
}
