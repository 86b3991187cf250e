import { Badge } from '@mantine/core';

const COLOURS = { ACTIVE: 'teal', SUSPENDED: 'orange', DELETED: 'gray' } as const;
const WORDS = { ACTIVE: 'Active', SUSPENDED: 'Suspended', DELETED: 'Deleted' } as const;

export function StatusBadge({ status }: { status: keyof typeof WORDS }) {
  return (
    <Badge color={COLOURS[status]} variant="light" tt="none">
      {WORDS[status]}
    </Badge>
  );
}
