/** The colours of the page: light, dark, or as the system has them. */

import type { Settings } from "./protocol.js";

/** Shows a theme, and follows the system if the theme is `auto`. Returns the function that ends it. */
export function showTheme(theme: Settings["theme"]): () => void {
  const system = matchMedia("(prefers-color-scheme: dark)");
  const show = () => {
    const isDark = theme === "auto" ? system.matches : theme === "dark";
    document.documentElement.dataset.theme = isDark ? "dark" : "light";
  };
  show();
  system.addEventListener("change", show);
  return () => system.removeEventListener("change", show);
}
