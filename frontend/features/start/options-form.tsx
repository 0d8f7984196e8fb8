"use client";
import { Icon } from "@/features/ui/icon";
import { en } from "@/strings/en";
import { type Choice, speakersOf, templateName } from "./options";
import styles from "./start.module.css";

const languages = [
  ["", en.options.languageAuto],
  ["en", "English"],
] as const;

export interface OptionsFormProps {
  choice: Choice;
  title: string;
  /** kinds of meetings that make a difference here; may be none */
  templates: readonly string[];
  onChoice: (choice: Choice) => void;
  onTitle: (title: string) => void;
}

export function OptionsForm({ choice, title, templates, onChoice, onTitle }: OptionsFormProps) {
  const wrong = Number.isNaN(speakersOf(choice));
  return (
    <details className={styles.options}>
      <summary>
        <Icon name="next" size={16} /> {en.options.title}
        <span>{summary(choice, templates)}</span>
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
        {templates.length > 0 && (
          <label>
            {en.options.template}
            <select value={choice.template} onChange={(e) => onChoice({ ...choice, template: e.target.value })}>
              <option value="">{en.options.templateNone}</option>
              {templates.map((name) => (
                <option key={name} value={name}>
                  {templateName(name)}
                </option>
              ))}
            </select>
          </label>
        )}
        <p>{en.options.remembered}</p>
      </div>
    </details>
  );
}

function summary(choice: Choice, templates: readonly string[]): string {
  const speakers = speakersOf(choice);
  const parts = [
    languages.find(([code]) => code && code === choice.language)?.[1],
    speakers ? en.meetings.speakers(speakers) : undefined,
    templates.includes(choice.template) ? templateName(choice.template) : undefined,
  ];
  return parts.filter(Boolean).join(", ");
}
