"use client";
import { Icon } from "@/features/ui/icon";
import { clock, spell } from "@/lib/format";
import { en } from "@/strings/en";
import { useMeeting } from "../meeting-context";
import type { Stretch, Talk } from "./lanes";
import styles from "./timeline.module.css";

const t = en.results.timeline;

/** The same in words, for those who do not see the lanes or want the numbers. */
export function TimelineTable({ talks, overlaps }: { talks: readonly Talk[]; overlaps: readonly Stretch[] }) {
  const { nameOf, player } = useMeeting();
  const together = overlaps.reduce((sum, { start, end }) => sum + end - start, 0);
  return (
    <details className={styles.table}>
      <summary>{t.table}</summary>
      <div className={styles.wide} tabIndex={0} role="group" aria-label={t.table}>
        <table>
          <thead>
            <tr>
              {Object.values(t.columns).map((name) => (
                <th key={name} scope="col">
                  {name}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {talks.map(({ speaker, seconds, share, stretches, longest }) => (
              <tr key={speaker}>
                <th scope="row">{nameOf(speaker)}</th>
                <td>{clock(seconds * 1000)}</td>
                <td>{Math.round(share * 100)} %</td>
                <td>{stretches.length.toLocaleString("en")}</td>
                <td>
                  <button
                    type="button"
                    aria-label={t.playLongest(nameOf(speaker), clock(longest.start * 1000))}
                    onClick={() => player.seek(longest.start * 1000, { play: true })}
                  >
                    <Icon name="play" size={12} />
                    {clock((longest.end - longest.start) * 1000)}
                  </button>
                </td>
                <td>{clock(Math.min(...stretches.map((s) => s.start)) * 1000)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <p>{overlaps.length ? t.overlaps(overlaps.length, spell(together * 1000)) : t.noOverlaps}</p>
    </details>
  );
}
