import { fileURLToPath } from "node:url";
import react from "@vitejs/plugin-react";
import { defineConfig } from "vitest/config";

export default defineConfig({
  plugins: [react()],
  resolve: { alias: { "@": fileURLToPath(new URL(".", import.meta.url)) } },
  test: {
    environment: "happy-dom",
    include: ["{app,features,lib,scripts,strings}/**/*.test.{ts,tsx,mjs}"],
    restoreMocks: true,
    setupFiles: ["./vitest.setup.ts"],
  },
});
