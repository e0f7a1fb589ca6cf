// The pages are built into the package, so that nobody who installs it needs Node.
import { defineConfig } from "vite";

const server = process.env.EUTHYMIA_SERVER ?? "http://127.0.0.1:8321";

export default defineConfig({
  base: "/",
  oxc: { jsx: { runtime: "automatic", importSource: "preact" } },
  build: {
    outDir: "../src/euthymia/web/static",
    emptyOutDir: true,
    target: "es2022",
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
  },
  server: { proxy: { "/api": server } },
});
