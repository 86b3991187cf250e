// The choice of capabilities: content, comments, and one of three ways about people.

import { Checkbox, Fieldset, Group, Radio, Stack } from '@mantine/core';
import { CAPABILITIES, type Capability } from '../../src/gate/capability';

const CONTENT: [Capability, string][] = [
  ['CONTENT_READ', 'Read content'],
  ['CONTENT_UPDATE', 'Update content'],
  ['CONTENT_INSERT', 'Insert content'],
];
const COMMENTS: [Capability, string][] = [
  ['COMMENT_READ', 'Read comments'],
  ['COMMENT_INSERT', 'Insert comments'],
];
const PEOPLE = {
  none: [] as Capability[],
  names: ['USER_READ'] as Capability[],
  emails: ['USER_READ', 'USER_READ_EMAIL'] as Capability[],
};

export interface CapabilityGridProps {
  value: readonly Capability[];
  onChange(value: Capability[]): void;
}

export function CapabilityGrid({ value, onChange }: CapabilityGridProps) {
  const set = (changed: readonly Capability[]): void => onChange(CAPABILITIES.filter((name) => changed.includes(name)));
  const boxes = (choices: readonly [Capability, string][]) =>
    choices.map(([name, label]) => (
      <Checkbox
        key={name}
        label={label}
        checked={value.includes(name)}
        onChange={({ currentTarget: { checked } }) =>
          set(checked ? [...value, name] : value.filter((other) => other !== name))
        }
      />
    ));
  const people = value.includes('USER_READ_EMAIL') ? 'emails' : value.includes('USER_READ') ? 'names' : 'none';
  return (
    <Group align="stretch" grow preventGrowOverflow={false}>
      <Fieldset legend="Content" miw={180}>
        <Stack gap="xs">{boxes(CONTENT)}</Stack>
      </Fieldset>
      <Fieldset legend="Comments" miw={180}>
        <Stack gap="xs">{boxes(COMMENTS)}</Stack>
      </Fieldset>
      <Fieldset legend="People" miw={240}>
        <Radio.Group
          aria-label="What it learns about people"
          value={people}
          onChange={(chosen) =>
            set([...value.filter((name) => !name.startsWith('USER_')), ...PEOPLE[chosen as keyof typeof PEOPLE]])
          }
        >
          <Stack gap="xs">
            <Radio value="none" label="No user information" />
            <Radio value="names" label="Names, without e-mail addresses" />
            <Radio value="emails" label="Names and e-mail addresses" />
          </Stack>
        </Radio.Group>
      </Fieldset>
    </Group>
  );
}
