-- Search by words over all meetings (docs/STORE.md, "Search"). A trigger keeps the passages in step
-- with meeting_analysis, in the same transaction.

-- Words are compared by their English stems; none is left out, so that a phrase is what it says.
CREATE TEXT SEARCH DICTIONARY chip.stem (TEMPLATE = pg_catalog.snowball, LANGUAGE = english);
CREATE TEXT SEARCH CONFIGURATION chip.words (COPY = pg_catalog.english);
ALTER TEXT SEARCH CONFIGURATION chip.words
    ALTER MAPPING REPLACE pg_catalog.english_stem WITH chip.stem;

-- Lower case without accents, and blanks for all that is no letter or digit: PostgreSQL would take
-- "and/or" for a file. Each character stays one, so that places in it are places in the text.
CREATE FUNCTION chip.plain_text(text text) RETURNS text LANGUAGE sql IMMUTABLE
RETURN translate(
    lower(regexp_replace(text,
        '[\u0001-\u002f\u003a-\u0040\u005b-\u0060\u007b-\u00a9\u00ab-\u00b1\u00b4\u00b6-\u00b8\u00bb\u00bf\u2000-\u206f\u20a0-\u20cf\u3000-\u3003]',
        ' ', 'g')),
    'ÀÁÂÃÄÅàáâãäåāăąÇçćĉċčďÈÉÊËèéêëēĕėęěĝğġģĥÌÍÎÏìíîïĩīĭįĵķĺļľÑñńņňÒÓÔÕÖòóôõöōŏőŕŗřśŝşšţťÙÚÛÜùúûüũūŭůűųŵÝýÿŷźżž',
    'aaaaaaaaaaaaaaaccccccdeeeeeeeeeeeeegggghiiiiiiiiiiiijklllnnnnnooooooooooooorrrssssttuuuuuuuuuuuuuuwyyyyzzz');

-- A passage is a title, an item of the minutes, or a segment. Those of a meeting have ids in the
-- order in which they are shown.
CREATE TABLE public.search_passages (
    id           bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    job_id       uuid NOT NULL REFERENCES public.meeting_analysis ON DELETE CASCADE,
    user_id      uuid,
    kind         text NOT NULL,
    segment      integer,
    start_ms     bigint,
    end_ms       bigint,
    speaker      text,
    speaker_name text,
    text         text NOT NULL,
    words        tsvector NOT NULL
                 GENERATED ALWAYS AS (to_tsvector('chip.words', chip.plain_text(text))) STORED
);
CREATE INDEX search_passages_job ON public.search_passages (job_id, id);
CREATE INDEX search_passages_user ON public.search_passages (user_id);
CREATE INDEX search_passages_words ON public.search_passages USING gin (words);

-- Columns hold any JSON, so nothing is taken to be what it should be.
CREATE FUNCTION chip.whole(value jsonb, times integer) RETURNS bigint
LANGUAGE sql IMMUTABLE
RETURN CASE WHEN jsonb_typeof(value) = 'number' THEN
    CASE WHEN value::numeric BETWEEN 0 AND 1e9 THEN round(value::numeric * times)::bigint END END;

CREATE FUNCTION chip.elements(value jsonb) RETURNS TABLE (item jsonb, n bigint)
LANGUAGE sql IMMUTABLE
BEGIN ATOMIC
    SELECT e.value, e.ordinality - 1
    FROM jsonb_array_elements(CASE WHEN jsonb_typeof(value) = 'array' THEN value ELSE '[]' END)
         WITH ORDINALITY e
    WHERE jsonb_typeof(e.value) = 'object';
END;

CREATE VIEW chip.search_found WITH (security_invoker = true) AS
SELECT job_id, 0 AS part, 0::bigint AS n, 'title' AS kind, NULL::jsonb AS segment,
       NULL::jsonb AS start_s, NULL::jsonb AS end_s, NULL AS speaker, NULL AS speaker_name,
       title AS text
FROM public.meeting_analysis
UNION ALL
SELECT job_id, 1, 0, 'summary', NULL, NULL, NULL, NULL, NULL,
       coalesce(minutes #>> '{summary,short}', summary)
FROM public.meeting_analysis
UNION ALL
SELECT m.job_id, list.part, e.n, list.kind, e.item #> '{evidence,0,segment}',
       coalesce(e.item #> '{evidence,0,start}', e.item -> 'start'),
       coalesce(e.item #> '{evidence,0,end}', e.item -> 'end'),
       coalesce(e.item #>> '{owner,speaker}', e.item ->> 'asked_by'), e.item #>> '{owner,name}',
       coalesce(e.item ->> 'text', e.item ->> 'what',
                (e.item ->> 'title') || coalesce('. ' || (e.item ->> 'summary'), ''))
FROM public.meeting_analysis m
CROSS JOIN (VALUES (2, 'topic', 'topics'), (3, 'decision', 'decisions'),
    (4, 'action_item', 'action_items'), (5, 'question', 'open_questions'),
    (6, 'risk', 'risks')) list (part, kind, member)
CROSS JOIN LATERAL chip.elements(m.minutes -> list.member) e
UNION ALL
SELECT m.job_id, 9, e.n, 'segment', to_jsonb(e.n), e.item -> 'start', e.item -> 'end',
       e.item ->> 'speaker', NULL, e.item ->> 'text'
FROM public.meeting_analysis m CROSS JOIN LATERAL chip.elements(m.transcript -> 'segments') e;

CREATE VIEW chip.search_source WITH (security_invoker = true) AS
SELECT f.job_id, m.user_id, f.part, f.n, f.kind, chip.whole(f.segment, 1)::integer AS segment,
       chip.whole(f.start_s, 1000) AS start_ms, chip.whole(f.end_s, 1000) AS end_ms, f.speaker,
       coalesce((SELECT nullif(s.item ->> 'name', '') FROM chip.elements(m.speakers) s
                 WHERE s.item ->> 'id' = f.speaker LIMIT 1), f.speaker_name, f.speaker)
           AS speaker_name,
       left(translate(f.text, E'\u0001\u0002', '  '), 10000) AS text
FROM chip.search_found f JOIN public.meeting_analysis m ON m.job_id = f.job_id
WHERE f.text <> '';

-- ---- keeping them -------------------------------------------------------------------------------

CREATE FUNCTION chip.keep_passages() RETURNS trigger LANGUAGE plpgsql SET search_path = '' AS $$
BEGIN
    DELETE FROM public.search_passages p WHERE p.job_id = NEW.job_id;
    INSERT INTO public.search_passages (
        job_id, user_id, kind, segment, start_ms, end_ms, speaker, speaker_name, text)
    SELECT s.job_id, s.user_id, s.kind, s.segment, s.start_ms, s.end_ms, s.speaker, s.speaker_name,
           s.text
    FROM chip.search_source s WHERE s.job_id = NEW.job_id ORDER BY s.part, s.n;
    RETURN NULL;
END $$;

CREATE TRIGGER analysis_added AFTER INSERT ON public.meeting_analysis
    FOR EACH ROW EXECUTE FUNCTION chip.keep_passages();
CREATE TRIGGER analysis_changed AFTER UPDATE ON public.meeting_analysis
    FOR EACH ROW WHEN (OLD.title IS DISTINCT FROM NEW.title
        OR OLD.summary IS DISTINCT FROM NEW.summary OR OLD.speakers IS DISTINCT FROM NEW.speakers
        OR OLD.transcript IS DISTINCT FROM NEW.transcript
        OR OLD.minutes IS DISTINCT FROM NEW.minutes OR OLD.user_id IS DISTINCT FROM NEW.user_id)
    EXECUTE FUNCTION chip.keep_passages();

INSERT INTO public.search_passages (
    job_id, user_id, kind, segment, start_ms, end_ms, speaker, speaker_name, text)
SELECT s.job_id, s.user_id, s.kind, s.segment, s.start_ms, s.end_ms, s.speaker, s.speaker_name, s.text
FROM chip.search_source s ORDER BY s.job_id, s.part, s.n;

-- ---- looking for them ---------------------------------------------------------------------------

-- Terms [{text, prefix, exclude}] as a query; NULL when nothing can be found by them.
CREATE FUNCTION chip.search_query(terms jsonb) RETURNS tsquery LANGUAGE plpgsql STABLE
SET search_path = '' SET client_min_messages = warning AS $$
DECLARE
    term record;
    plain text;
    one tsquery;
    wanted tsquery;
    unwanted tsquery;
BEGIN
    PERFORM chip.need(jsonb_typeof(terms) = 'array', 'The argument "terms" is missing.');
    PERFORM chip.need(jsonb_array_length(terms) BETWEEN 1 AND 32, 'Give 1 to 32 terms.');
    FOR term IN
        SELECT e.item ->> 'text' AS words, coalesce(e.item -> 'prefix' = 'true', false) AS prefix,
               coalesce(e.item -> 'exclude' = 'true', false) AS exclude
        FROM chip.elements(terms) e
    LOOP
        plain := btrim(regexp_replace(chip.plain_text(term.words), ' +', ' ', 'g'));
        one := to_tsquery('chip.words', replace(plain, ' ', ' <-> ')
                          || CASE WHEN term.prefix AND plain <> '' THEN ':*' ELSE '' END);
        IF term.exclude THEN
            CONTINUE WHEN coalesce(numnode(one), 0) = 0;
            unwanted := coalesce(unwanted || one, one);
        ELSIF coalesce(numnode(one), 0) = 0 THEN
            RETURN NULL;
        ELSE
            wanted := coalesce(wanted && one, one);
        END IF;
    END LOOP;
    PERFORM chip.need(wanted IS NOT NULL, 'Name at least one word to look for.');
    RETURN coalesce(wanted && !!unwanted, wanted);
END $$;

-- What matches in a text: [[from, to], ...] in characters.
CREATE FUNCTION chip.search_matches(text text, query tsquery) RETURNS jsonb
LANGUAGE sql STABLE SET search_path = '' AS $$
    SELECT coalesce(jsonb_agg(jsonb_build_array(m.at, m.at + m.n) ORDER BY m.at), '[]')
    FROM (SELECT strpos(piece, chr(2)) - 1 AS n, piece_n,
                 sum(length(translate(piece, chr(2), ''))) OVER (
                     ORDER BY piece_n ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS at
          FROM string_to_table(
              ts_headline('chip.words', chip.plain_text($1), $2, format(
                  'HighlightAll=true, StartSel="%s", StopSel="%s"', chr(1), chr(2))),
              chr(1)) WITH ORDINALITY p (piece, piece_n)) m
    WHERE m.piece_n > 1;
$$;

-- It runs as its owner and looks at the user itself, because behind a policy PostgreSQL does not
-- trust "@@" with rows of others and would read all of a user's passages instead of the index.
CREATE FUNCTION public.search_meetings(
    terms jsonb DEFAULT NULL, speaker text DEFAULT NULL, since timestamptz DEFAULT NULL,
    until timestamptz DEFAULT NULL, before text DEFAULT NULL, "limit" integer DEFAULT NULL,
    hits integer DEFAULT NULL
) RETURNS jsonb LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = '' AS $$
#variable_conflict use_column
DECLARE
    owner uuid := chip.acting_user();
    query tsquery := chip.search_query(search_meetings.terms);
    who text := lower(search_meetings.speaker COLLATE "C");
    wanted integer := least(greatest(coalesce(search_meetings."limit", 20), 1), 100);
    shown integer := least(greatest(coalesce(search_meetings.hits, 5), 1), 200);
    before_at timestamptz := split_part(search_meetings.before, '/', 1);
    before_id uuid := split_part(search_meetings.before, '/', 2);
    meetings jsonb;
BEGIN
    SELECT coalesce(jsonb_agg(jsonb_build_object(
               'job_id', page.id, 'title', coalesce(a.title, page.title),
               'created_at', chip.time_text(page.created_at), 'duration_ms', a.duration_ms,
               'total', page.total, 'hits', h.hits) ORDER BY page.created_at DESC, page.id DESC), '[]')
    INTO meetings
    FROM (SELECT j.id, j.created_at, j.title, f.total
          FROM (SELECT p.job_id, count(*) AS total FROM public.search_passages p
                WHERE p.words @@ query AND (owner IS NULL OR p.user_id = owner)
                  AND (who IS NULL OR lower(p.speaker COLLATE "C") = who
                       OR strpos(lower(p.speaker_name COLLATE "C"), who) > 0)
                GROUP BY p.job_id) f
          JOIN public.processing_jobs j ON j.id = f.job_id
          WHERE (search_meetings.since IS NULL OR j.created_at >= search_meetings.since)
            AND (search_meetings.until IS NULL OR j.created_at < search_meetings.until)
            AND (before_at IS NULL OR (j.created_at, j.id) < (before_at, before_id))
          ORDER BY j.created_at DESC, j.id DESC LIMIT wanted + 1) page
    JOIN public.meeting_analysis a ON a.job_id = page.id
    CROSS JOIN LATERAL (
        SELECT jsonb_agg(jsonb_build_object('kind', p.kind, 'segment', p.segment,
                   'start_ms', p.start_ms, 'end_ms', p.end_ms, 'speaker', p.speaker,
                   'speaker_name', p.speaker_name, 'text', p.text,
                   'matches', chip.search_matches(p.text, query)) ORDER BY p.id) AS hits
        FROM (SELECT * FROM public.search_passages p
              WHERE p.job_id = page.id AND p.words @@ query
                AND (who IS NULL OR lower(p.speaker COLLATE "C") = who
                     OR strpos(lower(p.speaker_name COLLATE "C"), who) > 0)
              ORDER BY p.id LIMIT shown) p) h;
    IF jsonb_array_length(meetings) <= wanted THEN
        RETURN jsonb_build_object('meetings', meetings, 'next', NULL);
    END IF;
    meetings := meetings - wanted;
    RETURN jsonb_build_object('meetings', meetings, 'next',
        (meetings -> -1 ->> 'created_at') || '/' || (meetings -> -1 ->> 'job_id'));
END $$;

-- ---- who may see what ---------------------------------------------------------------------------

REVOKE ALL ON public.search_passages, chip.search_found, chip.search_source
    FROM PUBLIC, anon, authenticated;
GRANT SELECT, INSERT, DELETE ON public.search_passages TO service_role;
GRANT SELECT ON chip.search_found, chip.search_source TO service_role;
GRANT SELECT ON public.search_passages TO authenticated;
ALTER TABLE public.search_passages ENABLE ROW LEVEL SECURITY;
CREATE POLICY service ON public.search_passages TO service_role USING (true) WITH CHECK (true);
CREATE POLICY own ON public.search_passages FOR SELECT TO authenticated
    USING (user_id = (SELECT auth.uid()));

REVOKE ALL ON ALL FUNCTIONS IN SCHEMA chip FROM PUBLIC, anon;
GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA chip TO service_role;
REVOKE ALL ON FUNCTION public.search_meetings FROM PUBLIC, anon, authenticated;
GRANT EXECUTE ON FUNCTION public.search_meetings TO authenticated, service_role;

INSERT INTO public.schema_migrations (version, name) VALUES (5, 'search');
