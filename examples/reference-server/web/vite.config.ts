import vue from "@vitejs/plugin-vue";
import { defineConfig } from "vite";
import { thirdPartyNotices } from "./third-party-notices.ts";

// Addresses are relative: where the console stands is known when a page is asked for, not when it is built.
export default defineConfig({
  root: import.meta.dirname,
  base: "./",
  plugins: [vue(), thirdPartyNotices()],
  define: {
    __VUE_I18N_FULL_INSTALL__: false,
    __VUE_I18N_LEGACY_API__: false,
    __INTLIFY_PROD_DEVTOOLS__: false,
    __VUE_PROD_DEVTOOLS__: false,
  },
  build: {
    outDir: "../dist/web",
    emptyOutDir: true,
    target: "es2022",
    manifest: true,
    modulePreload: { polyfill: false },
    // Our content policy allows no file inside another.
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 900,
  },
});
