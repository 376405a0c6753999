import { existsSync } from "node:fs";
import { defineConfig } from "vite";
import { iconSprite } from "./icons";

// One entry per kind of page: main is on every page, live and studio only where there is video.
const entries = ["src/main.ts", "src/pay.ts", "src/identity.ts", "src/live.ts", "src/studio.ts", "src/desk.ts", "src/editor.ts", "src/chooser.ts"].filter((path) => existsSync(path));

export default defineConfig({
  base: "./",
  plugins: [iconSprite()],
  build: {
    outDir: "../src/dure/sites/design/static/dist",
    emptyOutDir: true,
    manifest: "manifest.json",
    target: "es2022",
    modulePreload: { polyfill: false },
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 700, // hls.js, in a chunk of its own that only live pages load
    rolldownOptions: { input: entries },
  },
});
