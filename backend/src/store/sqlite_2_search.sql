-- Step 2: what is found by words (docs/STORE.md, "Search"). Triggers keep it in step with
-- meeting_analysis, in the same transaction.

-- A passage is a title, an item of the minutes, or a segment. Those of a meeting have ids in a row,
-- in the order in which they are shown.
CREATE TABLE search_passages (
    id INTEGER PRIMARY KEY,
    job_id TEXT NOT NULL REFERENCES meeting_analysis (job_id) ON DELETE CASCADE,
    kind TEXT NOT NULL,
    segment INTEGER,
    start_ms INTEGER,
    end_ms INTEGER,
    speaker TEXT,
    speaker_name TEXT,
    text TEXT NOT NULL
);
CREATE INDEX passages_of_job ON search_passages (job_id);

CREATE VIRTUAL TABLE search_words USING fts5 (
    text, content = 'search_passages', content_rowid = 'id',
    tokenize = 'porter unicode61 remove_diacritics 2'
);

CREATE TRIGGER passage_added AFTER INSERT ON search_passages BEGIN
    INSERT INTO search_words (rowid, text) VALUES (NEW.id, NEW.text);
END;
CREATE TRIGGER passage_deleted AFTER DELETE ON search_passages BEGIN
    INSERT INTO search_words (search_words, rowid, text) VALUES ('delete', OLD.id, OLD.text);
END;

-- Columns hold any JSON, so nothing is taken to be what it should be.
CREATE VIEW search_found AS
SELECT job_id, 0 AS part, 0 AS n, 'title' AS kind, NULL AS segment, NULL AS start_s, NULL AS end_s,
       NULL AS speaker, NULL AS speaker_name, title AS text
FROM meeting_analysis
UNION ALL
SELECT job_id, 1, 0, 'summary', NULL, NULL, NULL, NULL, NULL,
       coalesce(json_extract(minutes, '$.summary.short'), summary)
FROM meeting_analysis
UNION ALL
SELECT m.job_id, list.part, item.key, list.kind,
       json_extract(item.value, '$.evidence[0].segment'),
       coalesce(json_extract(item.value, '$.evidence[0].start'), json_extract(item.value, '$.start')),
       coalesce(json_extract(item.value, '$.evidence[0].end'), json_extract(item.value, '$.end')),
       coalesce(json_extract(item.value, '$.owner.speaker'),
                json_extract(item.value, '$.asked_by')),
       json_extract(item.value, '$.owner.name'),
       coalesce(json_extract(item.value, '$.text'), json_extract(item.value, '$.what'),
                json_extract(item.value, '$.title') ||
                coalesce('. ' || json_extract(item.value, '$.summary'), ''))
FROM meeting_analysis m
JOIN (SELECT 2 AS part, 'topic' AS kind, '$.topics' AS path
      UNION ALL SELECT 3, 'decision', '$.decisions'
      UNION ALL SELECT 4, 'action_item', '$.action_items'
      UNION ALL SELECT 5, 'question', '$.open_questions'
      UNION ALL SELECT 6, 'risk', '$.risks') list
JOIN json_each(m.minutes, list.path) item
WHERE json_type(m.minutes, list.path) = 'array' AND item.type = 'object'
UNION ALL
SELECT m.job_id, 9, said.key, 'segment', said.key, json_extract(said.value, '$.start'),
       json_extract(said.value, '$.end'), json_extract(said.value, '$.speaker'), NULL,
       json_extract(said.value, '$.text')
FROM meeting_analysis m JOIN json_each(m.transcript, '$.segments') said
WHERE json_type(m.transcript, '$.segments') = 'array' AND said.type = 'object';

CREATE VIEW search_source AS
SELECT f.job_id, f.part, f.n, f.kind,
       iif(typeof(f.segment) = 'integer' AND f.segment BETWEEN 0 AND 1e9, f.segment, NULL)
           AS segment,
       iif(typeof(f.start_s) IN ('integer', 'real') AND f.start_s BETWEEN 0 AND 1e9,
           CAST(round(f.start_s * 1000) AS INTEGER), NULL) AS start_ms,
       iif(typeof(f.end_s) IN ('integer', 'real') AND f.end_s BETWEEN 0 AND 1e9,
           CAST(round(f.end_s * 1000) AS INTEGER), NULL) AS end_ms,
       f.speaker,
       coalesce((SELECT nullif(json_extract(s.value, '$.name'), '')
                 FROM meeting_analysis m JOIN json_each(m.speakers) s
                 WHERE m.job_id = f.job_id AND s.type = 'object'
                   AND json_extract(s.value, '$.id') = f.speaker), f.speaker_name, f.speaker)
           AS speaker_name,
       substr(replace(replace(f.text, char(1), ' '), char(2), ' '), 1, 10000) AS text
FROM search_found f WHERE f.text <> '';

CREATE TRIGGER analysis_changed AFTER UPDATE OF title, summary, speakers, transcript, minutes
ON meeting_analysis
WHEN OLD.title IS NOT NEW.title OR OLD.summary IS NOT NEW.summary
    OR OLD.speakers IS NOT NEW.speakers OR OLD.transcript IS NOT NEW.transcript
    OR OLD.minutes IS NOT NEW.minutes
BEGIN
    DELETE FROM search_passages WHERE job_id = NEW.job_id;
    INSERT INTO search_passages (job_id, kind, segment, start_ms, end_ms, speaker, speaker_name, text)
    SELECT job_id, kind, segment, start_ms, end_ms, speaker, speaker_name, text
    FROM search_source WHERE job_id = NEW.job_id ORDER BY part, n;
END;

INSERT INTO search_passages (job_id, kind, segment, start_ms, end_ms, speaker, speaker_name, text)
SELECT job_id, kind, segment, start_ms, end_ms, speaker, speaker_name, text
FROM search_source ORDER BY job_id, part, n;
