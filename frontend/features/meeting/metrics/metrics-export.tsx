"use client";
import { DropdownMenu } from "radix-ui";
import { useState } from "react";
import { Icon } from "@/features/ui/icon";
import menu from "@/features/ui/menu.module.css";
import type { Metrics } from "@/lib/api/client";
import { ago } from "@/lib/format";
import { fileName, saveFile } from "@/lib/hand-over";
import { en } from "@/strings/en";
import { useMeeting } from "../meeting-context";
import { talkOf } from "../timeline/lanes";
import styles from "./metrics.module.css";
import { metricsCsv } from "./model";
import { metricsSvg } from "./picture";
import { onPaper, pngOf } from "./png";

const t = en.metrics;

/** Metrics as a table and as a picture. */
export function MetricsExport({ metrics }: { metrics: Metrics }) {
  const { job, transcript, nameOf, colourOf } = useMeeting();
  const [hasFailed, setFailed] = useState(false);
  const title = job.title ?? en.common.untitled;
  const table = () =>
    saveFile(fileName(title, ".metrics.csv"), `\ufeff${metricsCsv(metrics, nameOf)}`, "text/csv;charset=utf-8");
  const picture = async () => {
    const svg = metricsSvg({
      title,
      note: t.picture(ago(job.createdAt)),
      metrics,
      talks: talkOf(transcript),
      nameOf,
      colourOf: (label) => onPaper(colourOf(label)),
    });
    const png = await pngOf(svg);
    setFailed(png === null);
    if (png) saveFile(fileName(title, ".metrics.png"), png);
  };
  return (
    <div>
      <DropdownMenu.Root modal={false}>
        <DropdownMenu.Trigger className={styles.info} aria-label={t.export} title={t.export}>
          <Icon name="download" size={16} />
        </DropdownMenu.Trigger>
        <DropdownMenu.Portal>
          <DropdownMenu.Content className={menu.menu} align="end" sideOffset={6}>
            <DropdownMenu.Item className={menu.item} onSelect={table}>
              {t.csv}
            </DropdownMenu.Item>
            <DropdownMenu.Item className={menu.item} onSelect={() => void picture()}>
              {t.png}
            </DropdownMenu.Item>
          </DropdownMenu.Content>
        </DropdownMenu.Portal>
      </DropdownMenu.Root>
      {hasFailed && (
        <p role="alert" className={styles.small}>
          {t.pngFailed}
        </p>
      )}
    </div>
  );
}
