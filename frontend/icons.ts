import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import type { Plugin } from "vite";

// The icons of the house (lucide, ISC licence), each a <symbol> of one file: {% icon "truck" %} points into it.
// A page asks for a name of this list; add the lucide name here to use another.
export const ICONS = [
  "activity", "alarm-clock", "archive", "arrow-down", "arrow-left", "arrow-right", "arrow-up", "arrow-up-down",
  "award", "badge-check", "ban", "banknote", "bell", "book-open", "bookmark", "box", "boxes", "building-2",
  "calendar", "calendar-clock", "camera", "camera-off", "chart-line", "chart-no-axes-column", "check", "chevron-down",
  "chevron-left", "chevron-right", "chevron-up", "circle-alert", "circle-check", "circle-dashed", "circle-dot",
  "circle-help", "circle-x", "clapperboard", "clipboard-check", "clipboard-list", "clock", "coins", "copy",
  "credit-card", "download", "ellipsis", "external-link", "eye", "eye-off", "file-check", "file-spreadsheet",
  "file-text", "filter", "flag", "gavel", "gift", "globe", "grip-vertical", "handshake", "headphones", "heart",
  "history", "house", "image", "image-plus", "inbox", "info", "landmark", "layers", "layout-dashboard", "leaf",
  "lightbulb", "link", "list", "list-checks", "loader-circle", "lock", "log-in", "log-out", "mail", "map-pin", "menu",
  "message-circle", "message-square", "mic", "mic-off", "minus", "monitor", "package", "package-check", "package-open",
  "package-plus", "package-x", "pause", "pencil", "percent", "phone", "pin", "pin-off", "play", "plus", "printer",
  "qr-code", "radio", "receipt-text", "refresh-cw", "rotate-ccw", "save", "scale", "search", "send", "settings",
  "share-2", "shield-check", "shopping-bag", "shopping-basket", "shopping-cart", "sliders-horizontal", "smartphone",
  "sparkles", "square", "star", "store", "tag", "tent", "thumbs-up", "timer", "trash-2", "trending-down",
  "trending-up", "triangle-alert", "truck", "undo-2", "upload", "user", "user-check", "user-plus", "user-round-plus",
  "users", "utensils", "video", "volume-2", "volume-x", "wallet", "warehouse", "wifi-off", "x", "zap",
];

export function iconSprite(): Plugin {
  return {
    name: "dure-icon-sprite",
    generateBundle() {
      const folder = join(dirname(createRequire(import.meta.url).resolve("lucide-static/package.json")), "icons");
      const symbols = ICONS.map((name) => {
        const svg = readFileSync(join(folder, `${name}.svg`), "utf8");
        const body = svg.slice(svg.indexOf(">", svg.indexOf("<svg")) + 1, svg.lastIndexOf("</svg>"));
        return `<symbol id="${name}" viewBox="0 0 24 24">${body.replace(/\s+/g, " ").trim()}</symbol>`;
      });
      const source = `<svg xmlns="http://www.w3.org/2000/svg">${symbols.join("\n")}</svg>\n`;
      this.emitFile({ type: "asset", fileName: "icons.svg", source });
    },
  };
}
