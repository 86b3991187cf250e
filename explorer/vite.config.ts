// Builds the explorer into the gateway's own files, which `src/server/explorer.ts` serves.

import { createHash } from 'node:crypto';
import react from '@vitejs/plugin-react';
import { defineConfig, type Plugin } from 'vite';

export default defineConfig({
  base: '/explorer/',
  plugins: [react(), fontsAsFiles()],
  worker: { format: 'es' },
  build: {
    outDir: '../dist/explorer',
    emptyOutDir: true,
    target: 'es2023',
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    sourcemap: false,
    chunkSizeWarningLimit: 5_000, // kB: Monaco is one large chunk, loaded once and then cached for good
    rolldownOptions: { checks: { moduleLevelDirective: false } }, // "use no memo" is for a compiler that has run already
  },
});

/** GraphiQL's style sheet carries 30 fonts as base64. As files a browser loads the few it needs (first load 330 kB
 *  smaller), and the content security policy allows fonts from here only. */
function fontsAsFiles(): Plugin {
  return {
    name: 'fonts-as-files',
    generateBundle(_options, bundle) {
      for (const file of Object.values(bundle)) {
        if (file.type !== 'asset' || !file.fileName.endsWith('.css')) continue;
        file.source = file.source
          .toString()
          .replace(/data:font\/(\w+);base64,([\w+/=]+)/g, (_url, format: string, base64: string) => {
            const source = Buffer.from(base64, 'base64');
            const name = `font-${createHash('sha256').update(source).digest('hex').slice(0, 8)}.${format}`;
            this.emitFile({ type: 'asset', fileName: `assets/${name}`, source });
            return `./${name}`;
          });
      }
    },
  };
}
