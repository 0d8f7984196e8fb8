"use client";
import { DropdownMenu } from "radix-ui";
import { useEffect, useState } from "react";
import { useAnnounce } from "@/features/shell/announcer";
import { Button } from "@/features/ui/button";
import { Icon } from "@/features/ui/icon";
import menu from "@/features/ui/menu.module.css";
import { type ExportFormat, exportUrl, getMarkdown } from "@/lib/api/client";
import { copyText } from "@/lib/hand-over";
import { en } from "@/strings/en";
import { useMeeting } from "../meeting-context";
import { printMeeting } from "../print/print-request";

const t = en.results.export;
const formats = Object.entries(t.formats) as [ExportFormat, string][];

/** Everything one can take away: to the clipboard, to paper, as a file. */
export function ExportMenu() {
  const { job, analysis } = useMeeting();
  const [told, setTold] = useState<string | null>(null);
  const announce = useAnnounce();
  const hasMinutes = analysis.minutes !== null;
  useEffect(() => {
    if (told === null) return;
    const timer = setTimeout(() => setTold(null), 2500);
    return () => clearTimeout(timer);
  }, [told]);
  const copy = async (minutes: "only" | "false") => {
    const done = await copyText(getMarkdown(job.jobId, minutes));
    const text = done ? t.copied : en.minutes.notCopied;
    setTold(text);
    announce(text);
  };
  return (
    <DropdownMenu.Root modal={false}>
      <DropdownMenu.Trigger asChild>
        <Button>
          <Icon name={told === t.copied ? "check" : "download"} size={16} />
          {told ?? t.open}
        </Button>
      </DropdownMenu.Trigger>
      <DropdownMenu.Portal>
        <DropdownMenu.Content className={menu.menu} align="end" sideOffset={6} collisionPadding={12}>
          {hasMinutes && (
            <DropdownMenu.Item className={menu.item} onSelect={() => void copy("only")}>
              <Icon name="copy" size={16} />
              {t.copyMinutes}
            </DropdownMenu.Item>
          )}
          <DropdownMenu.Item className={menu.item} onSelect={() => void copy("false")}>
            <Icon name="copy" size={16} />
            {t.copyTranscript}
          </DropdownMenu.Item>
          {hasMinutes && (
            <DropdownMenu.Item className={menu.item} onSelect={() => printMeeting("minutes")}>
              <Icon name="print" size={16} />
              {t.printMinutes}
            </DropdownMenu.Item>
          )}
          <DropdownMenu.Item className={menu.item} onSelect={() => printMeeting("all")}>
            <Icon name="print" size={16} />
            {hasMinutes ? t.printAll : t.printTranscript}
          </DropdownMenu.Item>
          <DropdownMenu.Separator className={menu.line} />
          {formats.map(([format, label]) => (
            <DropdownMenu.Item key={format} asChild className={menu.item}>
              <a href={exportUrl(job.jobId, format)} download style={{ color: "inherit", textDecoration: "none" }}>
                <Icon name="download" size={16} />
                {label}
              </a>
            </DropdownMenu.Item>
          ))}
        </DropdownMenu.Content>
      </DropdownMenu.Portal>
    </DropdownMenu.Root>
  );
}
