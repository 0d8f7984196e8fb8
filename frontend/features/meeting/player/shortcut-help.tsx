"use client";
import { Dialog } from "radix-ui";
import { useEffect, useState } from "react";
import { Button } from "@/features/ui/button";
import dialog from "@/features/ui/dialog.module.css";
import { Icon } from "@/features/ui/icon";
import { en } from "@/strings/en";
import { shortcuts } from "../model/keyboard";
import styles from "./player.module.css";

const t = en.meeting.shortcuts;
const SHOW = "chip:shortcuts";

/** Opens the list of keys, from wherever `?` was pressed. */
export const showShortcuts = () => window.dispatchEvent(new Event(SHOW));

export function ShortcutHelp() {
  const [isOpen, setOpen] = useState(false);
  useEffect(() => {
    const open = () => setOpen(true);
    window.addEventListener(SHOW, open);
    return () => window.removeEventListener(SHOW, open);
  }, []);
  return (
    <Dialog.Root open={isOpen} onOpenChange={setOpen}>
      <Dialog.Trigger asChild>
        <Button variant="quiet" className={styles.help} aria-label={en.meeting.player.shortcuts}>
          <Icon name="keyboard" size={20} />
        </Button>
      </Dialog.Trigger>
      <Dialog.Portal>
        <Dialog.Overlay className={dialog.overlay} />
        <Dialog.Content className={dialog.dialog} aria-describedby={undefined}>
          <Dialog.Title>{t.title}</Dialog.Title>
          <dl className={styles.shortcuts}>
            {shortcuts.map(({ command, keys }) => (
              <div key={command}>
                <dt>{t.commands[command]}</dt>
                <dd>
                  {keys.map((key) => (
                    <kbd key={key}>{keyName(key)}</kbd>
                  ))}
                </dd>
              </div>
            ))}
          </dl>
          <div className={dialog.actions}>
            <Dialog.Close asChild>
              <Button>{en.common.close}</Button>
            </Dialog.Close>
          </div>
        </Dialog.Content>
      </Dialog.Portal>
    </Dialog.Root>
  );
}

const signs: Record<string, string> = {
  space: t.space,
  arrowleft: "←",
  arrowright: "→",
  arrowup: "↑",
  arrowdown: "↓",
  shift: "⇧",
};

function keyName(key: string): string {
  const mod = /mac/i.test(navigator.userAgent) ? "⌘" : "Ctrl";
  return key
    .split("+")
    .map((part) => (part === "mod" ? mod : (signs[part] ?? part.toUpperCase())))
    .join(" ");
}
