// The picture of a connection, or the first letter of its name.

import { Avatar } from '@mantine/core';

export function Logo({ name, url, size = 32 }: { name: string; url: string | null | undefined; size?: number }) {
  return (
    <Avatar src={url ?? null} alt="" size={size} radius="sm" color="initials" name={name}>
      {name.slice(0, 1).toUpperCase()}
    </Avatar>
  );
}
