"use client";
import { DropdownMenu } from "radix-ui";
import { useState, useSyncExternalStore } from "react";
import { Icon } from "@/features/ui/icon";
import menu from "@/features/ui/menu.module.css";
import { auth } from "@/lib/auth";
import { en } from "@/strings/en";
import styles from "./shell.module.css";
import { isTheme, readTheme, subscribeTheme, type Theme, writeTheme } from "./theme";

const themes: readonly Theme[] = ["system", "light", "dark"];

/** The menu at the end of the header: appearance, and the way out for those who have signed in. */
export function ThemeSwitch() {
  const theme = useSyncExternalStore(subscribeTheme, readTheme, () => "system" as const);
  const [signedIn, setSignedIn] = useState(false);
  return (
    <DropdownMenu.Root modal={false} onOpenChange={(open) => open && void auth.isSignedIn().then(setSignedIn)}>
      <DropdownMenu.Trigger className={styles.icon} aria-label={en.theme.label}>
        <Icon name="contrast" />
      </DropdownMenu.Trigger>
      <DropdownMenu.Portal>
        <DropdownMenu.Content className={menu.menu} align="end" sideOffset={6}>
          <DropdownMenu.RadioGroup value={theme} onValueChange={(value) => isTheme(value) && writeTheme(value)}>
            {themes.map((value) => (
              <DropdownMenu.RadioItem key={value} value={value} className={menu.item}>
                {en.theme[value]}
                <DropdownMenu.ItemIndicator className={menu.check}>
                  <Icon name="check" />
                </DropdownMenu.ItemIndicator>
              </DropdownMenu.RadioItem>
            ))}
          </DropdownMenu.RadioGroup>
          {signedIn && (
            <>
              <DropdownMenu.Separator className={menu.line} />
              <DropdownMenu.Item className={menu.item} onSelect={() => void auth.signOut()}>
                {en.session.signOut}
              </DropdownMenu.Item>
            </>
          )}
        </DropdownMenu.Content>
      </DropdownMenu.Portal>
    </DropdownMenu.Root>
  );
}
