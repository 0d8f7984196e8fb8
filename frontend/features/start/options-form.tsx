"use client";
import { Icon } from "@/features/ui/icon";
import { en } from "@/strings/en";
import { type Choice, speakersOf } from "./options";
import styles from "./start.module.css";

const languages = [
  ["", en.options.languageAuto],
  ["en", "English"],
] as const;

export interface OptionsFormProps {
  choice: Choice;
  title: string;
  onChoice: (choice: Choice) => void;
  onTitle: (title: string) => void;
}

export function OptionsForm({ choice, title, onChoice, onTitle }: OptionsFormProps) {
  const wrong = Number.isNaN(speakersOf(choice));
  return (
    <details className={styles.options}>
      <summary>
        <Icon name="next" size={16} /> {en.options.title}
        <span>{summary(choice)}</span>
      </summary>
      <div className={styles.fields}>
        <label>
          {en.options.name}
          <input
            value={title}
            maxLength={300}
            placeholder={en.options.namePlaceholder}
            onChange={(e) => onTitle(e.target.value)}
          />
        </label>
        <label>
          {en.options.speakers}
          <input
            inputMode="numeric"
            value={choice.speakers}
            maxLength={3}
            placeholder={en.options.speakersAuto}
            aria-invalid={wrong}
            aria-describedby={wrong ? "speakers-wrong" : undefined}
            onChange={(e) => onChoice({ ...choice, speakers: e.target.value })}
          />
          {wrong && (
            <small id="speakers-wrong" role="alert">
              {en.options.speakersBad}
            </small>
          )}
        </label>
        <label>
          {en.options.language}
          <select value={choice.language} onChange={(e) => onChoice({ ...choice, language: e.target.value })}>
            {languages.map(([code, name]) => (
              <option key={code} value={code}>
                {name}
              </option>
            ))}
          </select>
        </label>
        <p>{en.options.remembered}</p>
      </div>
    </details>
  );
}

function summary(choice: Choice): string {
  const speakers = speakersOf(choice);
  const parts = [
    languages.find(([code]) => code && code === choice.language)?.[1],
    speakers ? en.meetings.speakers(speakers) : undefined,
  ];
  return parts.filter(Boolean).join(", ");
}
