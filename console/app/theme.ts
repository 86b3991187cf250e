// What everything in the console looks like, beyond what the component kit says.

import { createTheme, type MantineColorsTuple } from '@mantine/core';

/** The green of the gate, from paper to night. */
const gate: MantineColorsTuple = [
  '#e9f6f1',
  '#d5ebe2',
  '#aad7c5',
  '#7cc2a6',
  '#57b08c',
  '#3fa57c',
  '#2f9a70',
  '#226f57',
  '#195c47',
  '#0c4a38',
];

export const theme = createTheme({
  colors: { gate },
  primaryColor: 'gate',
  primaryShade: { light: 7, dark: 8 },
  autoContrast: true,
  defaultRadius: 'sm',
  fontFamily: 'system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", sans-serif',
  fontFamilyMonospace: 'ui-monospace, "SF Mono", "Cascadia Mono", "DejaVu Sans Mono", monospace',
  headings: {
    fontWeight: '600',
    sizes: { h1: { fontSize: '1.5rem' }, h2: { fontSize: '1.15rem' }, h3: { fontSize: '1rem' } },
  },
  cursorType: 'pointer',
  respectReducedMotion: true,
});
