// Capabilities in the words of the reference product.

import { Badge, Group } from '@mantine/core';
import { type Capability, wordsFor } from '../../src/gate/capability';

export function CapabilityChips({ capabilities }: { capabilities: readonly Capability[] }) {
  return (
    <Group gap={4} component="ul" m={0} p={0} style={{ listStyle: 'none' }}>
      {wordsFor(capabilities).map((words) => (
        <Badge key={words} component="li" variant="light" radius="sm" tt="none" fw={500}>
          {words}
        </Badge>
      ))}
    </Group>
  );
}
