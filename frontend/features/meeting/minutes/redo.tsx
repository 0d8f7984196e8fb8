"use client";
import { useMutation, useQuery } from "@tanstack/react-query";
import { Popover } from "radix-ui";
import { type FormEvent, useState } from "react";
import { Button } from "@/features/ui/button";
import { Icon } from "@/features/ui/icon";
import { getMinutesChoices, redoJob } from "@/lib/api/client";
import { en } from "@/strings/en";
import { useMeeting } from "../meeting-context";
import styles from "./minutes.module.css";
import { readMinutes } from "./model";

const t = en.minutes.redo;
const languages = new Intl.DisplayNames("en", { type: "language" });
const LANGUAGES = ["en", "de", "es", "fr", "it", "ja", "nl", "pl", "pt", "zh"];

/** Has the minutes written anew, by whom and for which kind of meeting one likes. */
export function RedoMinutes({ label, variant = "quiet" }: { label: string; variant?: "quiet" | "primary" }) {
  const { job, analysis, refetchJob } = useMeeting();
  const [isOpen, setOpen] = useState(false);
  const present = analysis.minutes && readMinutes(analysis.minutes);
  const choices = useQuery({
    queryKey: ["minutes-choices"],
    queryFn: ({ signal }) => getMinutesChoices(signal),
    enabled: isOpen,
    staleTime: 60_000,
  });
  const redo = useMutation({
    mutationFn: (minutes: Record<string, string>) => redoJob(job.jobId, { stage: "minutes", options: { minutes } }),
    onSuccess: () => {
      refetchJob();
      setOpen(false);
    },
  });
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const chosen = [...new FormData(event.currentTarget)].flatMap(([k, v]) => (v ? [[k, String(v)]] : []));
    redo.mutate(Object.fromEntries(chosen));
  };
  const providers = choices.data?.providers ?? [];
  const isByModel = providers.some(({ provider }) => provider !== "builtin");
  return (
    <Popover.Root open={isOpen} onOpenChange={setOpen}>
      <Popover.Trigger asChild>
        <Button size="small" variant={variant}>
          <Icon name="retry" size={15} />
          {label}
        </Button>
      </Popover.Trigger>
      <Popover.Portal>
        <Popover.Content className={styles.popover} align="end" sideOffset={6} collisionPadding={12}>
          <form className={styles.form} onSubmit={submit}>
            <h3>{t.title}</h3>
            <p>{t.text}</p>
            {present?.action_items.some((task) => task.done) && <p>{t.ticks}</p>}
            {choices.error && <p role="alert">{choices.error.message}</p>}
            <label>
              <span>{t.provider}</span>
              <select name="provider" key={providers.length} disabled={!providers.length}>
                {providers.map(({ provider, model }) => (
                  <option key={provider} value={provider}>
                    {[en.minutes.providers[provider] ?? provider, model].filter(Boolean).join(", ")}
                  </option>
                ))}
              </select>
            </label>
            {isByModel && (
              <>
                <label>
                  <span>{t.template}</span>
                  <select name="template" defaultValue={present?.template ?? "general"}>
                    {choices.data?.templates.map((name) => (
                      <option key={name} value={name}>
                        {en.minutes.templates[name] ?? name}
                      </option>
                    ))}
                  </select>
                </label>
                <p>{t.templateHint}</p>
                <label>
                  <span>{t.language}</span>
                  <select name="language" defaultValue="">
                    <option value="">{t.sameLanguage}</option>
                    {LANGUAGES.map((code) => (
                      <option key={code} value={code}>
                        {languages.of(code)}
                      </option>
                    ))}
                  </select>
                </label>
              </>
            )}
            {redo.error && <p role="alert">{redo.error.message}</p>}
            <div className={styles.formActions}>
              <Popover.Close asChild>
                <Button size="small" variant="quiet">
                  {en.common.cancel}
                </Button>
              </Popover.Close>
              <Button size="small" variant="primary" type="submit" disabled={!providers.length || redo.isPending}>
                {t.submit}
              </Button>
            </div>
          </form>
        </Popover.Content>
      </Popover.Portal>
    </Popover.Root>
  );
}
