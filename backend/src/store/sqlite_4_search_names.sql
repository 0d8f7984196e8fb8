-- Step 4: names of speakers are taken from the row that is being read. Step 2 looked it up again
-- for each segment, and SQLite walked through the whole transcript to get to it: minutes for
-- recordings of many hours.
DROP VIEW search_source;
DROP VIEW search_found;

CREATE VIEW search_found AS
SELECT job_id, 0 AS part, 0 AS n, 'title' AS kind, NULL AS segment, NULL AS start_s, NULL AS end_s,
       NULL AS speaker, NULL AS speaker_name, title AS text, NULL AS speakers
FROM meeting_analysis
UNION ALL
SELECT job_id, 1, 0, 'summary', NULL, NULL, NULL, NULL, NULL,
       coalesce(json_extract(minutes, '$.summary.short'), summary), NULL
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
                coalesce('. ' || json_extract(item.value, '$.summary'), '')),
       m.speakers
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
       json_extract(said.value, '$.text'), m.speakers
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
       coalesce((SELECT nullif(json_extract(s.value, '$.name'), '') FROM json_each(f.speakers) s
                 WHERE s.type = 'object' AND json_extract(s.value, '$.id') = f.speaker),
                f.speaker_name, f.speaker) AS speaker_name,
       substr(replace(replace(f.text, char(1), ' '), char(2), ' '), 1, 10000) AS text
FROM search_found f WHERE f.text <> '';
