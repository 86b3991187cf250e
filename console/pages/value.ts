// Values of properties as words.

import type { ValueFragment } from './operations';

/** In one line; empty where there is none, and for kinds the console does not show. */
export function wordsOfValue(value: ValueFragment): string {
  switch (value.__typename) {
    case 'TitleValue':
      return value.title ?? '';
    case 'TextValue':
      return value.text ?? '';
    case 'NumberValue':
      return value.number?.toLocaleString('en') ?? '';
    case 'SelectValue':
    case 'StatusValue':
      return value.option?.name ?? '';
    case 'MultiSelectValue':
      return (value.options ?? []).map(({ name }) => name).join(', ');
    case 'CheckboxValue':
      return value.checked ? 'Yes' : 'No';
    case 'DateValue':
      return [value.start, value.end].filter(Boolean).join(' – ');
    case 'UrlValue':
      return value.url ?? '';
    case 'EmailValue':
      return value.email ?? '';
    case 'PhoneValue':
      return value.phone ?? '';
    case 'FilesValue':
      return (value.files ?? []).map(({ name }) => name).join(', ');
    case 'UniqueIdValue':
      return value.uniqueNumber == null ? '' : `${value.prefix ? `${value.prefix}-` : ''}${value.uniqueNumber}`;
    default:
      return '';
  }
}
