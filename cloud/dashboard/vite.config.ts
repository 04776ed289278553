import react from '@vitejs/plugin-react'
import { defineConfig } from 'vite'

/** Relative addresses, so that the page works behind a path prefix. No file is inlined: the content security policy allows none. */
export default defineConfig({
  base: './',
  plugins: [react()],
  build: { assetsInlineLimit: 0, modulePreload: { polyfill: false }, chunkSizeWarningLimit: 700 },
})
