"use client";
import { useEffect, useRef } from "react";
import { type Command, commandOf, isTaken } from "./model/keyboard";

export type Handlers = Partial<Record<Command, (event: KeyboardEvent) => void>>;

/** Keys of the whole page. Each part of it handles its own commands. */
export function useShortcuts(handlers: Handlers): void {
  const latest = useRef(handlers);
  useEffect(() => {
    latest.current = handlers;
  });
  useEffect(() => {
    const press = (event: KeyboardEvent) => {
      const command = event.defaultPrevented || event.isComposing ? null : commandOf(event);
      const handle = command && latest.current[command];
      if (!handle || isTaken(event.target, command)) return;
      event.preventDefault();
      handle(event);
    };
    window.addEventListener("keydown", press);
    return () => window.removeEventListener("keydown", press);
  }, []);
}
