"use client";
import { Popover } from "radix-ui";
import type { CSSProperties } from "react";
import { Button } from "@/features/ui/button";
import { Icon } from "@/features/ui/icon";
import { clock } from "@/lib/format";
import { en } from "@/strings/en";
import { useMeeting } from "../meeting-context";
import { MAX_RATE, MIN_RATE } from "./player";
import styles from "./player.module.css";
import { ShortcutHelp } from "./shortcut-help";
import { usePlayerState, usePlayerTime } from "./use-player";
import { Waveform } from "./waveform";

const t = en.meeting.player;

/** The player at the foot of the page. */
export function PlayerBar() {
  const { player } = useMeeting();
  const { isPlaying, isBroken } = usePlayerState(player);
  if (isBroken)
    return (
      <section className={styles.bar} aria-label={t.label}>
        <p className={styles.broken}>{t.broken}</p>
      </section>
    );
  return (
    <section className={styles.bar} aria-label={t.label}>
      <div className={styles.inner}>
        <div className={styles.buttons}>
          <Button variant="quiet" className={styles.skip} aria-label={t.back} onClick={() => player.skip(-5000)}>
            <Icon name="back" size={22} />
          </Button>
          <Button
            variant="primary"
            className={styles.play}
            aria-label={isPlaying ? t.pause : t.play}
            onClick={player.toggle}
          >
            <Icon name={isPlaying ? "pause" : "play"} size={22} />
          </Button>
          <Button variant="quiet" className={styles.skip} aria-label={t.forward} onClick={() => player.skip(5000)}>
            <Icon name="forward" size={22} />
          </Button>
        </div>
        <Track />
        <div className={styles.settings}>
          <Rate />
          <ShortcutHelp />
        </div>
      </div>
    </section>
  );
}

/** Waveform and position. The slider is over the waveform, seen only when it has the focus. */
function Track() {
  const { player } = useMeeting();
  const { durationMs } = usePlayerState(player);
  const now = usePlayerTime(player, 250);
  return (
    <div className={styles.track}>
      <time className={styles.time}>{clock(now)}</time>
      <div className={styles.wave} style={{ "--played": durationMs ? now / durationMs : 0 } as CSSProperties}>
        <Waveform />
        <input
          type="range"
          className={styles.seek}
          min={0}
          max={durationMs}
          step={100}
          value={Math.min(now, durationMs)}
          aria-label={t.position}
          aria-valuetext={t.at(clock(now), clock(durationMs))}
          onChange={(e) => player.seek(Number(e.target.value))}
          onKeyDown={(e) => {
            const step = { ArrowLeft: -5000, ArrowDown: -5000, ArrowRight: 5000, ArrowUp: 5000 }[e.key];
            if (!step || e.shiftKey) return;
            e.preventDefault();
            player.skip(step);
          }}
        />
      </div>
      <time className={styles.time}>{clock(durationMs)}</time>
    </div>
  );
}

const PRESETS = [0.75, 1, 1.25, 1.5, 2, 3];

function Rate() {
  const { player } = useMeeting();
  const { rate } = usePlayerState(player);
  return (
    <Popover.Root>
      <Popover.Trigger asChild>
        <Button variant="quiet" className={styles.rate} aria-label={`${t.rate}: ${t.rateValue(rate)}`}>
          {t.rateValue(rate)}
        </Button>
      </Popover.Trigger>
      <Popover.Portal>
        <Popover.Content className={styles.popover} side="top" align="end" sideOffset={8} aria-label={t.rate}>
          <div className={styles.rateSlider}>
            <input
              type="range"
              min={MIN_RATE}
              max={MAX_RATE}
              step={0.05}
              value={rate}
              aria-label={t.rate}
              aria-valuetext={t.rateValue(rate)}
              onChange={(e) => player.setRate(Number(e.target.value))}
            />
            <output>{t.rateValue(rate)}</output>
          </div>
          <div className={styles.presets}>
            {PRESETS.map((preset) => (
              <Button key={preset} size="small" aria-pressed={preset === rate} onClick={() => player.setRate(preset)}>
                {t.rateValue(preset)}
              </Button>
            ))}
          </div>
        </Popover.Content>
      </Popover.Portal>
    </Popover.Root>
  );
}
