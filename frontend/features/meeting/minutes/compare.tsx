"use client";
import { Dialog } from "radix-ui";
import { useState } from "react";
import { Button } from "@/features/ui/button";
import { Icon } from "@/features/ui/icon";
import type { Minutes } from "@/lib/api/client";
import { ago } from "@/lib/format";
import { en } from "@/strings/en";
import dialog from "@/features/ui/dialog.module.css";
import { useMeeting } from "../meeting-context";
import styles from "./minutes.module.css";
import { MinutesView } from "./minutes-view";
import { changeMinutes, restored } from "./model";
import { Origin } from "./origin";

const t = en.minutes.before;

const nameOfVersion = ({ provider = "builtin", model, replaced_at }: Minutes): string =>
  [en.minutes.providers[provider] ?? provider, model, replaced_at && t.replaced(ago(replaced_at))].filter(Boolean).join(", ");

/** Earlier minutes beside the present ones; they can be used again. */
export function CompareMinutes({ now, before }: { now: Minutes; before: readonly Minutes[] }) {
  const { analysis, edits } = useMeeting();
  const [chosen, setChosen] = useState(0);
  const older = before[chosen] ?? before[0];
  if (!older) return null;
  return (
    <Dialog.Root>
      <Dialog.Trigger asChild>
        <Button size="small" variant="quiet">
          {t.open}
        </Button>
      </Dialog.Trigger>
      <Dialog.Portal>
        <Dialog.Overlay className={dialog.overlay} />
        <Dialog.Content className={`${dialog.dialog} ${styles.compare}`} aria-describedby={undefined}>
          <header>
            <Dialog.Title>{t.title}</Dialog.Title>
            <Dialog.Close className={styles.tool} aria-label={en.common.close}>
              <Icon name="close" />
            </Dialog.Close>
          </header>
          <div className={styles.versions}>
            <section>
              <h3>{t.now}</h3>
              <MinutesView minutes={now} canEdit={false} />
              <Origin minutes={now} />
            </section>
            <section>
              <div className={styles.pick}>
                <label>
                  <span className="visually-hidden">{t.pick}</span>
                  <select value={chosen} onChange={(e) => setChosen(Number(e.target.value))}>
                    {before.map((version, i) => (
                      <option key={i} value={i}>
                        {nameOfVersion(version)}
                      </option>
                    ))}
                  </select>
                </label>
                <Dialog.Close asChild>
                  <Button size="small" onClick={() => void edits.change(changeMinutes(analysis, restored(older)))}>
                    {t.use}
                  </Button>
                </Dialog.Close>
              </div>
              <MinutesView minutes={older} canEdit={false} />
              <Origin minutes={older} />
            </section>
          </div>
        </Dialog.Content>
      </Dialog.Portal>
    </Dialog.Root>
  );
}
